"""The station's log: all that is done goes in once, heads are signed and cosigned, and a changed file shows."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from grader.store import reading
from grader.store.books import BOOKS
from grader.store.books.log import act_of, audited_row, counts_by_kind, log_size
from grader.store.books.outbox import events_of_tray
from grader.trace.desk import labelling, trays
from grader.trace.desk.logbook import ask_witness, audit, check_log, head_of, prove, sign, take_cosignature
from grader.trace.errors import AgainstRulesError, LogAlteredError, UnreadableError
from grader.trace.evidence import Bundle, Checkpoint, Trust, answer, read_canonical, verify
from grader.trace.evidence.cosignature import cosign
from grader.trace.evidence.disclosure import disclose, shown_by
from grader.trace.evidence.trust import LogKey, Witness
from tests.trace.counter import PACK, Counter, close_counter, open_counter
from tests.trace.world import COSIGNED_S, log_key, trusting, witness_key

KEY, COUNTY = log_key(), witness_key("county")
TRUST = trusting((LogKey(key=KEY.public),), (Witness(holder="County office", key=COUNTY.public),), 1)
BETTER_GRADE = "UPDATE event SET canonical = CAST(replace(canonical, 'Super', 'II') AS BLOB) WHERE kind = 'packed'"
ALONE = trusting((LogKey(key=KEY.public),), (), 0)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """With a tray of lot A, closed and labelled."""
    counter = open_counter(tmp_path)
    counter.receive("A")
    counter.feed("A")
    counter.line.send("super", 6)
    counter.line.swap("super")
    counter.follow()
    labelling.label(counter.desk, 1, PACK, "Li")
    yield counter
    close_counter(counter)


def proof_of_tray(counter: Counter, trust: Trust | None = None) -> Bundle:
    with reading(counter.desk.books.path, BOOKS) as books:
        packed = [event for event in events_of_tray(books, 1) if event["kind"] == "packed"]
        return prove(books, packed[-1]["position"], head_of(books, trust))


def change(counter: Counter, statement: str) -> None:
    """Somebody with the file in his hands takes the triggers away."""
    connection = sqlite3.connect(counter.desk.books.path)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_labels_proof_holds_and_says_what_was_packed(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    verdict = verify(proof_of_tray(counter), ALONE)
    assert verdict.event["type"] == "TransformationEvent"
    assert str(counter.tray(1).serial) in str(verdict.event["outputEPCList"])


def test_everything_that_is_done_has_an_entry_and_only_one(counter: Counter) -> None:
    assert audit(counter.desk) > 10
    assert audit(counter.desk) == 0
    trays.recount(counter.desk, 1, 6, "Li", "looked")
    assert audit(counter.desk) == 1
    with reading(counter.desk.books.path, BOOKS) as books:
        kinds = {kind["kind"]: kind["events"] for kind in counts_by_kind(books)}
        assert kinds["act"] + kinds["packed"] + kinds["received"] == log_size(books)


def test_an_entry_tells_nothing_of_its_row_and_a_column_can_be_shown_without_the_others(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:
        entry = act_of(books, "grower", 1)
        row = audited_row(books, "grower", 1)
        assert entry is not None
        assert row is not None
        bundle = prove(books, entry["position"], head_of(books))
    assert row["name"].encode() not in bundle.event
    told = disclose(row, entry["salt"], ["code"])
    assert row["name"] not in str(told)
    sealed = str(read_canonical(bundle.event)["seal"])
    assert shown_by(told, sealed) == {"code": "G1"}
    assert shown_by(told, "0" * 64) is None
    forged = {**told, "shown": {"code": {**told["shown"]["code"], "text": '"G2"'}}}  # type: ignore[index]
    assert shown_by(forged, sealed) is None


def test_a_second_head_begins_with_the_first_and_a_witness_sees_that(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:
        asked = ask_witness(books, COUNTY.public.name)
    line = answer(asked, TRUST, None, COUNTY, COSIGNED_S).line
    seen = Checkpoint.from_text(asked.checkpoint.text)
    trays.recount(counter.desk, 1, 6, "Li", "looked")
    assert Checkpoint.from_text(sign(counter.desk, [KEY]).text).size > seen.size
    # The answer was under way while a newer head was signed: it is kept with the one that it is of.
    assert take_cosignature(counter.desk, line, TRUST) == seen.size
    assert verify(proof_of_tray(counter, TRUST), TRUST).checkpoint.size == seen.size
    with reading(counter.desk.books.path, BOOKS) as books:
        again = ask_witness(books, COUNTY.public.name)
    assert again.seen == seen.size
    take_cosignature(counter.desk, answer(again, TRUST, seen, COUNTY, COSIGNED_S).line, TRUST)
    assert [voucher.holder for voucher in verify(proof_of_tray(counter, TRUST), TRUST).witnesses] == ["County office"]


def test_a_cosignature_of_a_stranger_or_of_something_else_is_not_kept(counter: Counter) -> None:
    head = sign(counter.desk, [KEY])
    stranger = cosign(head.text, witness_key("stranger", 103), COSIGNED_S)
    with pytest.raises(AgainstRulesError, match="names no witness"):
        take_cosignature(counter.desk, stranger.line, TRUST)
    elsewhere = cosign(head.text.replace("station", "elsewhere"), COUNTY, COSIGNED_S)
    with pytest.raises(AgainstRulesError, match="none of this log's heads"):
        take_cosignature(counter.desk, elsewhere.line, TRUST)
    with pytest.raises(UnreadableError):
        take_cosignature(counter.desk, "nonsense", TRUST)


def test_signing_twice_with_nothing_new_signs_the_same_head(counter: Counter) -> None:
    assert sign(counter.desk, [KEY]) == sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:
        assert check_log(books).heads == 1


def test_while_keys_change_a_head_bears_both_signatures(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    new = log_key(2)
    note = sign(counter.desk, [KEY, new])
    assert len(note.signatures) == 2
    both = trusting((LogKey(key=new.public),), (), 0)
    assert verify(proof_of_tray(counter), both).operator.key == new.public


def test_nothing_is_signed_with_a_clock_before_the_last_head(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    counter.clock.at -= timedelta(days=400)
    with pytest.raises(AgainstRulesError, match="set the clock"):
        sign(counter.desk, [KEY])


def test_another_logs_key_does_not_sign(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    other = witness_key("other")
    with pytest.raises(AgainstRulesError, match="another one's key"):
        sign(counter.desk, [other])


def test_an_event_that_is_not_under_a_head_yet_is_not_proved(counter: Counter) -> None:
    with reading(counter.desk.books.path, BOOKS) as books, pytest.raises(AgainstRulesError, match="no head"):
        head_of(books)
    sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:  # noqa: SIM117 - what is outside must not raise
        with pytest.raises(AgainstRulesError, match="not under the signed head"):
            prove(books, log_size(books) + 1, head_of(books))


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (BETTER_GRADE, "is not the one"),
        ("DELETE FROM event WHERE position = (SELECT max(position) FROM event)", "not those that were signed"),
        ("UPDATE log_node SET hash = zeroblob(32) WHERE level = 1 AND place = 0", "tree is not that of its events"),
        ("UPDATE checkpoint SET root = zeroblob(32)", "not those that were signed"),
        ("UPDATE residue_report SET passed = 0 WHERE report = 1", "row 1 of residue_report is not what was sealed"),
        ("DELETE FROM tray_history WHERE entry = 1", "row 1 of tray_history is gone"),
    ],
)
def test_a_file_that_was_changed_shows_and_nothing_is_signed_with_it(
    counter: Counter, statement: str, why: str
) -> None:
    sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:
        assert check_log(books).heads == 1
    change(counter, statement)
    with reading(counter.desk.books.path, BOOKS) as books, pytest.raises(LogAlteredError, match=why):
        check_log(books)


def test_a_row_whose_salt_is_gone_is_not_held_against_its_seal(counter: Counter) -> None:
    """Nobody can say then what it was; the law may want just that."""
    sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:
        before = check_log(books).rows
    change(counter, "DELETE FROM act_salt WHERE position = (SELECT position FROM act WHERE source = 'grower' LIMIT 1)")
    with reading(counter.desk.books.path, BOOKS) as books:
        assert check_log(books).rows == before - 1


def test_what_was_changed_before_it_was_signed_is_not_signed(counter: Counter) -> None:
    audit(counter.desk)
    change(counter, BETTER_GRADE)
    with pytest.raises(LogAlteredError, match="is not the one"):
        sign(counter.desk, [KEY])


def test_history_that_was_rewritten_with_its_tree_is_not_signed_on(counter: Counter) -> None:
    sign(counter.desk, [KEY])
    change(counter, "UPDATE log_node SET hash = zeroblob(32) WHERE level >= 1")
    trays.recount(counter.desk, 1, 6, "Li", "looked")
    with pytest.raises(LogAlteredError, match="not those that were signed"):
        sign(counter.desk, [KEY])
