"""The network's file and its card: what does not belong together stops the start with a sentence."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.cli.main import main as grader
from grader.network import NetworkError, load_network, shipped_network, verify
from grader.network.session import WARM, check_answers
from grader.vision.network import CELLS, SIDE_PX, Question, Skin


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shipped network and its card, to be spoilt."""
    path = tmp_path / "reader.onnx"
    path.write_bytes(shipped_network().read_bytes())
    path.with_suffix(".json").write_text(shipped_network().with_suffix(".json").read_text())
    return path


def change_card(path: Path, **fields: object) -> None:
    card = path.with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | fields))


def test_the_shipped_network_is_the_one_that_its_card_names(copied: Path) -> None:
    content, card = verify(copied)
    assert content == shipped_network().read_bytes()
    assert 0 < card.decay_suspected <= card.decay_sure < 1


def test_what_comes_out_has_the_shape_that_the_station_expects() -> None:
    crops = np.random.default_rng(1).integers(0, 256, (3, SIDE_PX, SIDE_PX, 3), np.uint8)
    answers = load_network()(crops)
    assert answers.skin.shape == (3, Skin.COUNT, CELLS, CELLS)
    assert answers.body.shape == (3, CELLS, CELLS)
    assert answers.yes.shape == (3, Question.COUNT)
    assert answers.axis.shape == (3, 2)
    assert answers.skin.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert ((answers.yes >= 0) & (answers.yes <= 1)).all()


def test_no_crops_give_no_answers() -> None:
    assert len(load_network()(np.zeros((0, SIDE_PX, SIDE_PX, 3), np.uint8)).yes) == 0


def test_the_same_crop_gives_the_same_answer_whatever_else_is_in_the_batch() -> None:
    crops = np.random.default_rng(2).integers(0, 256, (13, SIDE_PX, SIDE_PX, 3), np.uint8)
    network = load_network()
    together, alone = network(crops), network(crops[4:5])
    for name in ("skin", "body", "yes", "axis"):
        assert getattr(alone, name)[0] == pytest.approx(getattr(together, name)[4], abs=2e-5)


@pytest.mark.parametrize("kept", [0, 1000, -1])
def test_a_truncated_file_is_refused(copied: Path, kept: int) -> None:
    copied.write_bytes(copied.read_bytes()[:kept])
    with pytest.raises(NetworkError, match=r"is not the network that its card names.*install the station again"):
        load_network(copied)


def test_one_flipped_bit_is_found(copied: Path) -> None:
    content = bytearray(copied.read_bytes())
    content[len(content) // 2] ^= 1
    copied.write_bytes(content)
    with pytest.raises(NetworkError, match="damaged or another one"):
        load_network(copied)


@pytest.mark.parametrize("missing", ["reader.onnx", "reader.json"])
def test_a_missing_file_is_named_and_what_to_do(copied: Path, missing: str) -> None:
    copied.with_name(missing).unlink()
    with pytest.raises(NetworkError, match=rf"{missing}.*--no-network"):
        load_network(copied)


@pytest.mark.parametrize(
    "fields",
    [{"decay_sure": 0.0001}, {"decay_sure": 2}, {"sha256": "x"}, {"decay_suspected": None}, {"more": 1}],
)
def test_a_card_that_says_nonsense_is_refused(copied: Path, fields: dict[str, object]) -> None:
    change_card(copied, **fields)
    with pytest.raises(NetworkError, match="is no card of a network"):
        verify(copied)


@pytest.mark.parametrize("written", ["", "[]", "{", "\x00"])
def test_a_card_that_is_no_card_is_refused(copied: Path, written: str) -> None:
    copied.with_suffix(".json").write_text(written)
    with pytest.raises(NetworkError, match="is no card of a network"):
        verify(copied)


def test_what_is_no_network_although_its_card_says_so_is_refused(copied: Path) -> None:

    copied.write_bytes(b"no network")
    change_card(copied, sha256=hashlib.sha256(b"no network").hexdigest())
    with pytest.raises(NetworkError, match="ONNX Runtime cannot use the network"):
        load_network(copied)


def test_verify_says_which_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert grader(["model", "verify"]) == 0
    said = capsys.readouterr().out
    assert load_network().hash in said
    assert "whole, and runs" in said


def test_other_limits_are_another_network_to_whoever_reads_a_record(copied: Path) -> None:
    change_card(copied, decay_suspected=0.9)
    assert load_network(copied).hash != load_network().hash


def test_answers_that_cannot_be_are_refused() -> None:
    told = load_network()(np.zeros((WARM, SIDE_PX, SIDE_PX, 3), np.uint8))
    check_answers(told)
    for name, wrong in (("skin", told.skin[:, :-1]), ("body", told.body[:, ::2, ::2]), ("yes", told.yes[:, :1])):
        with pytest.raises(NetworkError, match="another version"):
            check_answers(replace(told, **{name: wrong}))
    for name, wrong in (("yes", told.yes + 7), ("yes", told.yes - 1), ("body", np.full_like(told.body, np.nan))):
        with pytest.raises(NetworkError, match="no probabilities"):
            check_answers(replace(told, **{name: wrong}))


def test_verify_refuses_a_damaged_one_with_one_sentence(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied.write_bytes(b"")
    assert grader(["model", "verify", str(copied)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "Traceback" not in said
