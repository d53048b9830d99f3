"""One alarm per cause, none without an action, none for what merely follows, and no floods."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.line import alarms
from grader.line.alarms import HISTORY, AlarmBook, AlarmError, Kind, Priority
from grader.line.catalogue import CATALOGUE
from grader.line.commands import Reaction

WANTED = {
    "camera_stalled",
    "camera_fault",
    "door_open",
    "power_failing",
    "encoder_lost_counts",
    "frames_dropped",
    "encoder_stopped",
    "belt_slip",
    "disk_full",
    "disk_stalled",
    "clock_jumped",
    "recording_ended",
    "process_died",
    "outlet_unexpected_pulse",
    "outlet_missing_pulses",
    "outlet_drifting",
    "tray_full",
    "tray_absent",
    "tray_other_lot",
    "recheck_full",
    "air_pressure_low",
    "e_stop",
    "calibration_changed",
    "spheres_failed",
    "spheres_due",
    "lamp_drift",
    "too_many_diverted",
    "journal_corrupt",
    "queue_full",
}
OUTLETS = ("super", "I", "II", "processing", "waste")


def running() -> AlarmBook:
    return AlarmBook(CATALOGUE, belt_runs=True)


def codes(book: AlarmBook) -> list[str]:
    return [alarm.kind.code for alarm in book.active]


def test_the_catalogue_knows_what_can_go_wrong() -> None:
    assert set(CATALOGUE) == WANTED


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE)
def test_every_alarm_says_what_is_wrong_and_what_to_do(kind: Kind) -> None:
    book = running()
    book.report(kind.code, present=True, now_unix_s=1, subject="super")
    report = book.active[0].report()
    for sentence in (report.cause, report.action):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert len(sentence) <= 110
    assert ("{subject}" in kind.cause) == (
        kind.code.startswith(("outlet", "tray")) or kind.code in {"process_died", "camera_fault"}
    )


@pytest.mark.parametrize("field", ["code", "cause", "action"])
def test_an_alarm_without_an_action_cannot_be_made(field: str) -> None:
    with pytest.raises(AlarmError, match=field):
        replace(CATALOGUE["e_stop"], **{field: " "})  # type: ignore[arg-type]


def test_causes_are_in_the_catalogue_and_nothing_follows_from_itself() -> None:
    for kind in CATALOGUE.values():
        pending, reached = [kind.code], set()
        while pending:
            for cause in CATALOGUE[pending.pop()].follows_from:
                assert cause.code in CATALOGUE
                if cause.code not in reached:
                    reached.add(cause.code)
                    pending.append(cause.code)
        assert kind.code not in reached


def test_an_unknown_alarm_is_refused() -> None:
    with pytest.raises(AlarmError, match="catalogue"):
        running().report("gremlins", present=True, now_unix_s=1)


def test_one_cause_is_one_alarm_however_often_it_is_reported() -> None:
    book = running()
    for now in range(100):
        book.report("tray_full", present=True, now_unix_s=now, subject="super")
    book.report("tray_full", present=True, now_unix_s=100, subject="I")
    assert [(alarm.subject, alarm.count) for alarm in book.active] == [("super", 1), ("I", 1)]


@pytest.mark.parametrize("cause_first", [True, False])
def test_low_air_is_one_alarm_and_not_one_per_outlet(cause_first: bool) -> None:  # noqa: FBT001 - a table's column
    book = running()
    if cause_first:
        book.report("air_pressure_low", present=True, now_unix_s=1)
    for outlet in OUTLETS:
        book.report("outlet_missing_pulses", present=True, now_unix_s=2, subject=outlet)
    book.report("air_pressure_low", present=True, now_unix_s=3)
    assert codes(book) == ["air_pressure_low"]
    book.report("air_pressure_low", present=False, now_unix_s=4)
    assert codes(book) == ["outlet_missing_pulses"] * len(OUTLETS), "what is still wrong is said once the cause is gone"


def test_a_stalled_camera_follows_from_a_dead_vision_process_alone() -> None:
    for subject, seen in (("vision", ["process_died"]), ("web", ["process_died", "camera_stalled"])):
        book = running()
        book.report("camera_stalled", present=True, now_unix_s=1)
        book.report("process_died", present=True, now_unix_s=2, subject=subject)
        assert codes(book) == seen


@pytest.mark.parametrize(
    ("process", "reactions"),
    [("web", []), ("vision", [Reaction.HOLD]), ("line", [Reaction.ABORT]), ("ejection", [Reaction.ABORT])],
)
def test_what_a_dead_process_means_depends_on_the_process(process: str, reactions: list[Reaction]) -> None:
    book = running()
    book.report("process_died", present=True, now_unix_s=1, subject=process)
    assert [reaction for reaction, _ in book.reactions()] == reactions
    assert book.active[0].report().reaction is (reactions or [Reaction.NONE])[0]


def test_a_missing_tray_explains_its_own_outlet_only() -> None:
    book = running()
    book.report("tray_absent", present=True, now_unix_s=1, subject="super")
    for outlet in ("super", "I"):
        book.report("outlet_missing_pulses", present=True, now_unix_s=2, subject=outlet)
    assert [(a.kind.code, a.subject) for a in book.active] == [("outlet_missing_pulses", "I"), ("tray_absent", "super")]


def test_an_encoder_that_stands_with_its_belt_is_no_alarm() -> None:
    book = AlarmBook(CATALOGUE)
    book.report("encoder_stopped", present=True, now_unix_s=1)
    assert not book.active
    book.belt(runs=True, now_unix_s=2)
    assert codes(book) == ["encoder_stopped"]


def test_why_the_belt_stands_is_still_said_when_standing_has_cured_it() -> None:
    book = running()
    book.report("encoder_stopped", present=True, now_unix_s=1)
    book.belt(runs=False, now_unix_s=2)
    assert codes(book) == ["encoder_stopped"]
    assert not book.reactions()
    book.acknowledge("encoder_stopped", None, "Ana", 3)
    assert not book.active


def test_a_sleeping_condition_explains_nothing() -> None:
    book = AlarmBook(CATALOGUE)
    book.report("belt_slip", present=True, now_unix_s=1)
    book.report("outlet_drifting", present=True, now_unix_s=2, subject="I")
    assert codes(book) == ["outlet_drifting"]


def test_a_condition_that_comes_and_goes_is_counted_and_its_acknowledgement_stands() -> None:
    book = running()
    for now in range(0, 100, 2):
        book.report("lamp_drift", present=True, now_unix_s=now)
        if now == 0:
            assert book.acknowledge("lamp_drift", None, "Ana", 0.5)
        book.report("lamp_drift", present=False, now_unix_s=now + 1)
    assert not book.active
    (alarm,) = book.history
    assert (alarm.count, alarm.raised_at_unix_s, alarm.last_raised_at_unix_s) == (50, 0, 98)
    assert (alarm.acknowledged_by, alarm.cleared_at_unix_s) == ("Ana", 99)


def test_after_a_while_it_is_a_new_alarm_that_nobody_has_seen() -> None:
    book = running()
    book.report("lamp_drift", present=True, now_unix_s=0)
    book.acknowledge("lamp_drift", None, "Ana", 1)
    book.report("lamp_drift", present=False, now_unix_s=2)
    book.report("lamp_drift", present=True, now_unix_s=2 + alarms.RETURNS_WITHIN_S + 1)
    assert [(a.count, a.acknowledged_by) for a in book.active] == [(1, None)]
    assert len(book.history) == 1


def test_what_happens_in_a_moment_stays_until_somebody_has_seen_it_but_holds_nothing_up() -> None:
    book = running()
    book.report("outlet_unexpected_pulse", present=True, now_unix_s=1, subject="I")
    assert [reaction for reaction, _ in book.reactions()] == [Reaction.CLOSE_OUTLET]
    book.report("outlet_unexpected_pulse", present=False, now_unix_s=2, subject="I")
    assert codes(book) == ["outlet_unexpected_pulse"]
    assert not book.reactions()
    assert not book.acknowledge("outlet_unexpected_pulse", "II", "Ana", 3)
    assert book.acknowledge("outlet_unexpected_pulse", "I", "Ana", 3)
    assert not book.active


def test_acknowledging_mends_nothing_and_the_first_name_stands() -> None:
    book = running()
    book.report("disk_full", present=True, now_unix_s=1)
    book.acknowledge("disk_full", None, "Ana", 2)
    book.acknowledge("disk_full", None, "Bo", 3)
    assert [(a.acknowledged_by, a.acknowledged_at_unix_s) for a in book.active] == [("Ana", 2)]
    assert [reaction for reaction, _ in book.reactions()] == [Reaction.HOLD]
    with pytest.raises(AlarmError, match="name"):
        book.acknowledge("disk_full", None, " ", 4)


def test_the_most_pressing_alarm_and_the_strongest_reaction_come_first() -> None:
    book = running()
    for now, (code, subject) in enumerate(
        [("clock_jumped", None), ("tray_full", "I"), ("recheck_full", None), ("e_stop", None)]
    ):
        book.report(code, present=True, now_unix_s=now, subject=subject)
    assert codes(book) == ["e_stop", "recheck_full", "tray_full", "clock_jumped"]
    assert [r for r, _ in book.reactions()] == [Reaction.ABORT, Reaction.SUSPEND, Reaction.CLOSE_OUTLET]
    assert book.active[0].kind.priority is Priority.CRITICAL


def test_the_history_is_bounded() -> None:
    book = running()
    for number in range(HISTORY + 50):
        book.report("tray_full", present=True, now_unix_s=number, subject=f"outlet {number}")
        book.report("tray_full", present=False, now_unix_s=number + 0.5, subject=f"outlet {number}")
    assert len(book.history) == HISTORY
    assert book.history[-1].subject == f"outlet {HISTORY + 49}"


REPORTS = st.lists(
    st.tuples(st.sampled_from(sorted(CATALOGUE)), st.sampled_from([None, "super", "vision"]), st.booleans()),
    max_size=60,
)


@given(reports=REPORTS, runs=st.booleans())
def test_the_order_of_reports_does_not_matter_and_a_cause_is_always_seen(
    reports: list[tuple[str, str | None, bool]],
    runs: bool,  # noqa: FBT001 - drawn
) -> None:
    book = AlarmBook(CATALOGUE, belt_runs=runs)
    for now, (code, subject, present) in enumerate(reports):
        book.report(code, present=present, now_unix_s=now, subject=subject)
        assert len({alarm.key for alarm in book.active}) == len(book.active)
    last = {(code, subject): present for code, subject, present in reports}
    calm = AlarmBook(CATALOGUE, belt_runs=runs)
    for code, subject in sorted((key for key, present in last.items() if present), key=str):
        calm.report(code, present=True, now_unix_s=99, subject=subject)
    acting = {alarm.key for _, alarm in book.reactions()}
    assert acting == {alarm.key for _, alarm in calm.reactions()}
    roots = [key for key, present in last.items() if present and not CATALOGUE[key[0]].only_while_belt_runs]
    assert not roots or calm.active
