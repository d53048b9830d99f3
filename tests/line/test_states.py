"""PackML's names, numbers and transitions are those of OPC 30050."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.line.outputs import LAMPS
from grader.line.states import MODE_CHANGES_IN, STATE_COMPLETE, TRANSITIONS, Mode, State, Trigger

# Written down from the standard's figure, apart from the code: state, number, what each trigger leads to.
FIGURE = """
Clearing      1  abort>Aborting state_complete>Stopped
Stopped       2  reset>Resetting abort>Aborting
Starting      3  hold>Holding stop>Stopping abort>Aborting state_complete>Execute
Idle          4  start>Starting stop>Stopping abort>Aborting
Suspended     5  unsuspend>Unsuspending hold>Holding stop>Stopping abort>Aborting
Execute       6  complete>Completing hold>Holding suspend>Suspending stop>Stopping abort>Aborting
Stopping      7  abort>Aborting state_complete>Stopped
Aborting      8  state_complete>Aborted
Aborted       9  clear>Clearing
Holding      10  stop>Stopping abort>Aborting state_complete>Held
Held         11  unhold>Unholding stop>Stopping abort>Aborting
Unholding    12  hold>Holding stop>Stopping abort>Aborting state_complete>Execute
Suspending   13  hold>Holding stop>Stopping abort>Aborting state_complete>Suspended
Unsuspending 14  hold>Holding stop>Stopping abort>Aborting state_complete>Execute
Resetting    15  stop>Stopping abort>Aborting state_complete>Idle
Completing   16  stop>Stopping abort>Aborting state_complete>Complete
Complete     17  reset>Resetting stop>Stopping abort>Aborting
"""


def figure() -> list[tuple[str, int, dict[str, str]]]:
    rows = [line.split() for line in FIGURE.strip().splitlines()]
    return [(row[0], int(row[1]), dict(arrow.split(">", 1) for arrow in row[2:])) for row in rows]


def test_states_bear_the_names_and_numbers_of_opc_30050() -> None:
    assert {state.label: int(state) for state in State} == {name: number for name, number, _ in figure()}


def test_modes_bear_packmls_numbers() -> None:
    assert {mode.label: int(mode) for mode in Mode} == {"Produce": 1, "Maintenance": 2, "Manual": 3}


@pytest.mark.parametrize(("name", "arrows"), [(name, arrows) for name, _, arrows in figure()])
def test_each_state_is_left_as_the_figure_says(name: str, arrows: dict[str, str]) -> None:
    state = State[name.upper()]
    assert {trigger.value: to.label for (at, trigger), to in TRANSITIONS.items() if at is state} == arrows


def test_an_acting_state_ends_in_a_state_that_waits_or_produces() -> None:
    for state, to in STATE_COMPLETE.items():
        assert state.label.endswith("ing")
        assert to not in STATE_COMPLETE


def test_no_state_is_a_dead_end_and_every_one_can_be_reached() -> None:
    reached = {State.STOPPED}
    for _ in State:
        reached |= {to for (state, _), to in TRANSITIONS.items() if state in reached}
    assert reached == set(State)
    assert {state for state, _ in TRANSITIONS} == set(State)


def test_only_four_triggers_lead_towards_motion() -> None:
    towards = {State.STARTING, State.UNHOLDING, State.UNSUSPENDING, State.EXECUTE}
    assert {trigger for (_, trigger), to in TRANSITIONS.items() if to in towards} == {
        Trigger.START, Trigger.UNHOLD, Trigger.UNSUSPEND, Trigger.STATE_COMPLETE
    }  # fmt: skip


def test_modes_change_only_where_nothing_moves() -> None:
    assert {state.label for state in MODE_CHANGES_IN} == {"Stopped", "Idle", "Aborted"}


def test_the_states_load_nothing_but_the_standard_library() -> None:
    program = """
import sys
before = set(sys.modules)
import grader.line.states
ours = {name for name in set(sys.modules) - before if name.partition('.')[0] not in sys.stdlib_module_names}
sys.exit(str(ours - {'grader', 'grader.line', 'grader.line.states'}) if len(ours) > 3 else 0)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


DOCUMENT = Path(__file__).parents[2] / "docs" / "machine-states.md"


def drawn() -> set[tuple[str, str, str]]:
    """The diagram's arrows; one that leaves a frame leaves each state within it."""
    text = DOCUMENT.read_text().partition("```mermaid")[2].partition("```")[0]
    arrows, within, frames = [], dict[str, set[str]](), list[str]()
    for line in text.splitlines():
        if (frame := re.search(r"state (\w+) \{", line)) is not None:
            frames.append(frame[1])
        elif line.strip() == "}":
            frames.pop()
        elif (arrow := re.search(r"(\w+) --> (\w+): (\w+)", line)) is not None:
            arrows.append((arrow[1], arrow[2], arrow[3]))
            # A state stands in the frame that holds the arrow which it leaves.
            for frame_name in frames:
                within.setdefault(frame_name, set()).add(arrow[1])
    return {(state, to, word) for at, to, word in arrows for state in within.get(at, {at}) - set(within)}


def test_the_documents_diagram_is_the_table() -> None:
    words = {trigger: "SC" if trigger is Trigger.STATE_COMPLETE else trigger.label for trigger in Trigger}
    assert drawn() == {(at.label, to.label, words[trigger]) for (at, trigger), to in TRANSITIONS.items()}


def test_the_documents_table_has_each_state_with_its_number_and_lamp() -> None:
    rows = re.findall(r"^\| (\d+) \| (\w+) \|[^|]*\|[^|]*\| ([^|]*) \|", DOCUMENT.read_text(), flags=re.MULTILINE)
    lamps = {state: lamp.value + (", flashing" if flashes else "") for state, (lamp, flashes) in LAMPS.items()}
    assert rows == [(str(int(state)), state.label, lamps[state]) for state in sorted(State)]
