"""Events have one spelling, and only that one is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.errors import NotCanonicalError
from grader.trace.evidence.canonical import canonical, read_canonical
from grader.trace.evidence.commitment import commit, opens

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
REAL = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer() or abs(x) < 2**53)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | REAL | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
EVENTS = st.dictionaries(TEXT, VALUES)


@given(EVENTS)
def test_what_is_written_is_read_back_as_itself(event: dict[str, object]) -> None:
    assert read_canonical(canonical(event)) == event


def test_keys_are_sorted_by_their_utf_16_code_units_as_the_rfc_shows() -> None:
    # RFC 8785, section 3.2.3: the key beyond U+FFFF comes before U+FB33, for its first half is smaller.
    event = {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Dalet", "1": "One", "\U0001f600": "Face"}
    assert list(read_canonical(canonical(event))) == ["\r", "1", "\u20ac", "\U0001f600", "\ufb33"]


def test_numbers_are_spelt_as_the_rfc_spells_them() -> None:
    # RFC 8785, section 3.2.2
    event = {"numbers": [333333333.33333329, 4.50, 2e-3, 0.000000000000000000000000001, -0.0]}
    assert canonical(event) == b'{"numbers":[333333333.3333333,4.5,0.002,1e-27,0]}'


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, -(2**53), 1e20, "\ud800", {1: "a number as key"}, b"bytes", {"a set"}]
)
def test_what_two_programs_would_not_read_alike_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical({"value": value})


def test_an_event_nested_without_end_is_refused() -> None:
    event: dict[str, object] = {}
    for _ in range(10_000):
        event = {"in": event}
    with pytest.raises(NotCanonicalError, match="nested"):
        canonical(event)
    with pytest.raises(NotCanonicalError):
        read_canonical(b'{"in":' * 100_000)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":2}', b'{"a":1.0}', b'{"a":"\\u0041"}', b'{"a":NaN}',
        b'{"a":Infinity}', b"[]", b"1", b"", b"{", b'\xef\xbb\xbf{"a":1}', b'{"a":1}\n', b'{"a":100000000000000000000}',
        b'{"a":"\xff"}', b'{"a":"\\ud800"}',
    ],
)  # fmt: skip
def test_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        read_canonical(data)


def test_a_name_in_the_log_can_be_checked_by_whom_it_is_told_and_guessed_by_nobody() -> None:
    salt, other = bytes(16), bytes(15) + b"\x01"
    committed = commit("王芳", salt)
    assert opens(committed, "王芳", salt)
    assert not opens(committed, "李芳", salt)
    assert commit("王芳", other) != committed
    with pytest.raises(ValueError, match="16 bytes"):
        commit("王芳", b"short")
