"""Proofs in files: what holds, what does not, and that nobody but the trust file says whom to trust."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.merkle import leaf_hash
from grader.trace.errors import BadProofError, TrustFileError, UnreadableError
from grader.trace.evidence import (
    Bundle,
    Checkpoint,
    EventLog,
    PublicKey,
    Request,
    SecretKey,
    load_trust,
    parse_trust,
    trust_text,
    verify,
)
from grader.trace.evidence.canonical import canonical
from grader.trace.evidence.cosignature import cosign
from grader.trace.evidence.note import Signature, parse, sign
from grader.trace.evidence.tree import MerkleTree
from grader.trace.evidence.trust import LogKey, Witness
from tests.trace.world import COSIGNED_S, ORIGIN, World, log_key, trusting, witness_key


def test_a_proof_says_what_was_logged_where_and_who_vouches_for_it(world: World) -> None:
    verdict = verify(Bundle.parse(world.bundle(3).written.encode()), world.trust)
    assert verdict.event == {"type": "packed", "tray": 3, "net_weight_kg": "2.500"}
    assert (verdict.index, verdict.checkpoint.size, verdict.checkpoint.origin) == (3, 7, ORIGIN)
    assert verdict.operator.holder == "Green Valley cooperative"
    assert [witness.holder for witness in verdict.witnesses] == ["县农业农村局 (county office)", "Test laboratory"]
    assert {witness.cosigned_at.isoformat() for witness in verdict.witnesses if witness.cosigned_at} == {
        "2025-11-24T16:00:00+00:00"
    }


def test_the_file_is_laid_out_as_the_specification_says(world: World) -> None:
    lines = world.bundle(6).written.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert base64.b64decode(lines[1].removeprefix("extra ")) == world.bundle(6).event
    assert lines[2] == "index 6"
    assert lines[5:8] == ["", ORIGIN, "7"]  # two hashes lead from the seventh of seven leaves to the root


def test_every_event_of_a_log_is_proved_at_every_later_size(world: World) -> None:
    log = world.log
    for size in range(7, 20):
        head = world.head()
        assert [verify(log.prove(index, head), world.trust).index for index in range(size)] == list(range(size))
        log.append({"n": size})


def test_no_changed_byte_of_a_proof_goes_unseen(world: World) -> None:
    whole = world.bundle(3).written.encode()
    good = verify(Bundle.parse(whole), world.trust)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << (place * 5 % 8)
        try:
            verdict = verify(Bundle.parse(bytes(changed)), world.trust)
        except (BadProofError, UnreadableError):
            continue
        # The name or id of one of the two witnesses: nobody we know, so one fewer vouches, which is enough here.
        assert (verdict.event, verdict.checkpoint, verdict.operator) == (good.event, good.checkpoint, good.operator)
        assert len(verdict.witnesses) == 1


def test_a_changed_event_is_not_in_the_log(world: World) -> None:
    forged = canonical({"type": "packed", "tray": 3, "net_weight_kg": "9.500"})
    with pytest.raises(BadProofError, match="not in the log"):
        verify(replace(world.bundle(3), event=forged), world.trust)


def test_an_event_of_another_place_is_not_at_this_one(world: World) -> None:
    with pytest.raises(BadProofError, match="not in the log"):
        verify(replace(world.bundle(3), index=2), world.trust)


def test_a_log_that_is_made_up_by_somebody_else_has_no_operator_who_vouches(world: World) -> None:
    forged = EventLog(ORIGIN)
    forged.append({"tray": 0, "grade": "Super"})
    with pytest.raises(BadProofError, match="no key that the trust file names"):
        verify(forged.prove(0, forged.checkpoint([log_key(66)])), world.trust)


def test_a_log_of_an_unknown_name_is_not_trusted(world: World) -> None:
    other = EventLog("elsewhere.example/log")
    other.append({"tray": 0})
    with pytest.raises(BadProofError, match="does not name"):
        verify(other.prove(0, other.checkpoint([world.operator])), world.trust)


def test_two_witnesses_are_two_people(world: World) -> None:
    trust = world.trust
    needs_two = trusting(trust.logs[0].keys, trust.witnesses, 2)
    head = world.log.checkpoint([world.operator])
    cosigned = cosign(head.text, world.county, COSIGNED_S)
    twice = replace(head, signatures=(*head.signatures, cosigned, cosign(head.text, world.county, COSIGNED_S + 1)))
    for note in (head, head.signed_also(cosigned), twice):
        with pytest.raises(BadProofError, match="2 are needed"):
            verify(world.log.prove(0, note), needs_two)
    assert len(verify(world.log.prove(0, world.head()), needs_two).witnesses) == 2


def test_signatures_of_strangers_are_read_past(world: World) -> None:
    head = world.head()
    stranger = cosign(head.text, witness_key("stranger"), COSIGNED_S)
    post_quantum = Signature("later.example/w", b"\x00\x01\x02\x03", bytes(2428))
    verdict = verify(world.log.prove(0, head.signed_also(stranger, post_quantum)), world.trust)
    assert len(verdict.witnesses) == 2


def test_a_known_key_whose_signature_does_not_hold_spoils_the_note(world: World) -> None:
    head = world.head()
    public = world.laboratory.public
    forged = Signature(public.name, public.id, COSIGNED_S.to_bytes(8, "big") + bytes(64))
    with pytest.raises(BadProofError, match="laboratory"):
        verify(world.log.prove(0, head.signed_also(forged)), world.trust)


def test_what_is_in_the_log_but_no_event_is_said_to_be_none() -> None:
    data, tree = b'{"a":1,"a":2}', MerkleTree()  # what no `append` of ours would take
    tree.append(leaf_hash(data))
    head = sign(Checkpoint(ORIGIN, 1, tree.root()).text, log_key())
    with pytest.raises(BadProofError, match="a key twice"):
        verify(Bundle(data, 0, (), head), trusting((LogKey(key=log_key().public),), (), 0))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), ("extra ", "xtra "), ("index 3", "index 03"),
        ("index 3", "index -1"), ("index 3\n", ""), ("\n\n", "\n"), ("index 3", "index 3\nAAAA"),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_unreadable(world: World, old: str, new: str) -> None:
    with pytest.raises(UnreadableError):
        Bundle.parse(world.bundle(3).written.replace(old, new, 1).encode())


def test_the_trust_file_is_read_back_as_it_was_written(world: World, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(trust_text(world.trust), encoding="utf-8")
    assert load_trust(path) == world.trust


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda file: file.update(format="grader-trust/2"), "grader-trust/1"),
        (lambda file: file.update(comment="trust me"), "comment"),
        (lambda file: file.update(logs=[]), "logs"),
        (lambda file: file["logs"].append(file["logs"][0]), "twice"),
        (lambda file: file["logs"][0].update(witnesses_needed=3), "2 are named"),
        (lambda file: file["logs"][0]["keys"][0].update(key="nonsense"), "whole line"),
        (lambda file: file["logs"][0]["keys"][0].update(key=file["witnesses"][0]["key"]), "witness's key"),
        (lambda file: file["logs"][0]["keys"][0].update(standing="retired"), "until_size"),
        (lambda file: file["witnesses"][0].update(standing="retired"), "until"),
        (lambda file: file["witnesses"][0].update(until="2026-01-01T00:00:00"), "timezone"),
        (lambda file: file["witnesses"].append({**file["witnesses"][0], "holder": "another"}), "two names"),
    ],
)  # fmt: skip
def test_mistakes_in_a_trust_file_are_named(world: World, change: object, complaint: str) -> None:
    file = json.loads(trust_text(world.trust))
    assert callable(change)
    change(file)
    with pytest.raises(TrustFileError, match=complaint):
        parse_trust(json.dumps(file), "trust.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_what_is_no_trust_file_is_said_to_be_none(text: str) -> None:
    with pytest.raises(TrustFileError, match=r"trust\.json"):
        parse_trust(text, "trust.json")


def test_a_trust_file_with_a_key_twice_is_refused(world: World) -> None:
    text = trust_text(world.trust)
    twice = text.replace('"witnesses_needed"', '"witnesses_needed": 0, "witnesses_needed"')
    assert twice != text
    with pytest.raises(TrustFileError, match="a key twice"):
        parse_trust(twice, "trust.json")


def test_a_trust_file_that_is_missing_or_huge_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrustFileError, match="ask the cooperative"):
        load_trust(tmp_path / "trust.json")
    (tmp_path / "huge.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(TrustFileError, match="more than"):
        load_trust(tmp_path / "huge.json")
    (tmp_path / "latin.json").write_bytes(b"\xff")
    with pytest.raises(TrustFileError, match="UTF-8"):
        load_trust(tmp_path / "latin.json")


def test_a_note_that_is_no_checkpoint_is_unreadable(world: World) -> None:
    with pytest.raises(UnreadableError, match="checkpoint"):
        verify(replace(world.bundle(0), checkpoint=sign("just words\n", world.operator)), world.trust)


def test_a_witness_that_is_not_asked_for_needs_no_signature() -> None:
    log = EventLog(ORIGIN)
    log.append({"tray": 1})
    county = witness_key("county")
    trust = trusting((LogKey(key=log_key().public),), (Witness(holder="county", key=county.public),), 0)
    assert verify(log.prove(0, log.checkpoint([log_key()])), trust).witnesses == ()


@given(st.binary(max_size=200), st.integers(0, 5_000), st.integers(0, 40))
def test_no_file_whatever_breaks_the_reader(rubbish: bytes, place: int, cut: int) -> None:
    log = EventLog(ORIGIN)
    for number in range(5):
        log.append({"n": number})
    head = log.checkpoint([log_key()])
    for whole, read in (
        (log.prove(2, head).written.encode(), Bundle.parse),
        (log.request(head, 3).written.encode(), Request.parse),
        (head.written.encode(), parse),
    ):
        damaged = whole[:place] + rubbish + whole[place + cut :]
        for data in (rubbish, damaged):
            try:
                found = read(data)
            except UnreadableError:
                continue
            assert found.written.encode() == data  # one spelling for one meaning


@given(st.text(max_size=80))
def test_no_text_whatever_breaks_the_reader_of_keys(text: str) -> None:
    for line in (text, f"{log_key().public.text}{text}", f"PRIVATE+KEY+{text}"):
        for read in (PublicKey.from_text, SecretKey.from_text):
            try:
                key = read(line)
            except UnreadableError:
                continue
            assert key.text == line


def test_a_proof_that_was_cut_off_says_so(world: World) -> None:
    whole = world.bundle().written.encode()
    with pytest.raises(UnreadableError, match="cut off"):
        Bundle.parse(whole[:60])
