"""A record comes out as it went in, and nothing else comes through."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.store.books.followed import Followed, LineSaid
from grader.store.books.records import EventWritten, HoldPlaced, Person, TrayChanged
from grader.store.books.wire import KINDS, read, written

TEXT = st.text(max_size=20)
PLAIN = st.none() | st.integers() | TEXT | st.floats(allow_nan=False)
RECORDS = st.one_of(
    st.builds(
        EventWritten, kind=TEXT, canonical=st.binary(max_size=50), utc_ns=st.integers(),
        lots=st.lists(TEXT, max_size=3).map(tuple), trays=st.lists(st.integers(), max_size=3).map(tuple),
        people=st.lists(st.builds(Person, TEXT, TEXT, st.binary(max_size=20)), max_size=2).map(tuple),
    ),
    st.builds(
        TrayChanged, tray=st.integers(), what=TEXT, was=TEXT, becomes=TEXT, who=TEXT, why=TEXT, utc_ns=st.integers(),
        detail=st.dictionaries(TEXT, PLAIN | st.dictionaries(TEXT, PLAIN, max_size=2), max_size=3),
    ),
    st.builds(
        Followed, source=st.integers(), after=st.integers(), utc_ns=st.integers(),
        fruit=st.lists(st.dictionaries(TEXT, PLAIN, max_size=3), max_size=2).map(tuple),
        said=st.lists(st.builds(LineSaid, st.integers(), TEXT, TEXT, st.integers()), max_size=2).map(tuple),
    ),
)  # fmt: skip


@given(RECORDS)
def test_a_record_comes_out_as_it_went_in(record: EventWritten | TrayChanged | Followed) -> None:
    assert read(json.loads(json.dumps(written(record)))) == record


@pytest.mark.parametrize(
    "nonsense",
    [
        1, "HoldPlaced", [], {}, {"record": "KeyMade", "facts": {}}, {"record": "HoldPlaced", "facts": {"lot": "A"}},
        {"record": "HoldPlaced", "facts": {"more": 1}}, {"bytes": "AA=="}, {"named": {}},
    ],
)  # fmt: skip
def test_what_is_no_record_of_the_desk_is_refused(nonsense: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        read(nonsense)


def test_what_the_web_process_writes_of_itself_does_not_come_this_way() -> None:
    assert HoldPlaced.__name__ in KINDS
    assert not {"KeyMade", "Audited", "SessionBegan"} & set(KINDS)
