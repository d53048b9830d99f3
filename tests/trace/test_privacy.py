"""Reasons are read for ever by everybody: they name nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.desk import holds
from grader.trace.errors import AgainstRulesError
from grader.trace.rules.privacy import names_nobody
from tests.trace.counter import Counter

PEOPLE = ("王芳", "Zhang Wei", "Li", "王")


@pytest.mark.parametrize(
    "text", ["王芳说有虫", "zhang wei dropped it", "asked Li", "call 138 0000 0000", "ring 13800000000", "a@b.example"]
)
def test_names_numbers_and_addresses_are_refused(text: str) -> None:
    with pytest.raises(AgainstRulesError, match="without names"):
        names_nobody(text, PEOPLE)


@pytest.mark.parametrize(
    "text", ["a smell of solvent", "the lid was off", "王国的草莓", "report 4711 of 2026-11-30", "低于4度"]
)
def test_what_happened_may_be_said(text: str) -> None:
    assert names_nobody(text, PEOPLE) == text


@given(st.text(), st.text(min_size=2), st.text())
def test_whoever_is_named_anywhere_is_found(before: str, name: str, after: str) -> None:
    with pytest.raises(AgainstRulesError):
        names_nobody(f"{before} {name} {after}", (name,))


def test_nothing_is_held_or_released_with_somebodys_name_in_the_reason(packed: Counter) -> None:
    with pytest.raises(AgainstRulesError, match="without names"):
        holds.hold_lot(packed.desk, "A", "王芳 saw a beetle", "Li")
    with pytest.raises(AgainstRulesError, match="without names"):
        holds.recall_tray(packed.desk, 1, "Zhao found glass", "Li")
    assert packed.open_holds("A") == []
