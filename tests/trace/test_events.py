"""EPCIS events: valid by two validators that are none of ours, and by rules for what those let through."""

import copy
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.trace.errors import EventError, IdentityError
from grader.trace.events import (
    ColdChain,
    Happening,
    Held,
    LotShare,
    Names,
    Packed,
    Reading,
    Received,
    Things,
    check,
    declare_error,
    write_document,
    write_event,
)
from grader.trace.events.happenings import Sampled
from grader.trace.events.plain import event_id
from grader.trace.evidence import EventLog, canonical, read_canonical
from grader.trace.evidence.commitment import commit
from grader.trace.identity import DEMO_PREFIX, Gtin, TrayIdentity
from tests.trace.events_of import CHINA, HAPPENINGS, PERSONS, TIMES, Event, Validators

NAMES = Names("Trace.Example.org")
NOON = datetime(2026, 11, 25, 12, tzinfo=CHINA)
TRAY = TrayIdentity(Gtin.of_company(DEMO_PREFIX, 1), "GV1-261125-2S-014", "1042-AEBAGBAF")
LOT = LotShare("L-0815", Decimal("312.5"))
PACKED = Packed((LOT,), (TRAY,), "Super", NOON.date(), {"rulePack": "ab12"})


def packed() -> Event:
    return write_event(PACKED, NOON, "station-1", NAMES)


def rewritten(event: Event, change: Callable[[Event], object]) -> Event:
    """`event`, changed, with the id that goes with what it says now."""
    changed = copy.deepcopy(event)
    change(changed)
    changed["eventID"] = event_id(changed)
    return changed


@settings(max_examples=60)
@given(st.lists(st.tuples(HAPPENINGS, TIMES, st.none() | PERSONS), min_size=1, max_size=3))
def test_whatever_happens_is_written_as_both_validators_and_our_rules_want_it(
    validators: Validators, happenings: list[tuple[Happening, datetime, str | None]]
) -> None:
    events = [write_event(one, at, "station-1", NAMES, operator, at) for one, at, operator in happenings]
    document = write_document(events, NOON, NAMES)
    for validate in validators:
        validate(json.loads(json.dumps(document)))


@settings(max_examples=60)
@given(HAPPENINGS, TIMES)
def test_every_event_can_be_logged_and_comes_back_from_the_log_as_it_was(happening: Happening, at: datetime) -> None:
    event = write_event(happening, at, "station-1", NAMES)
    assert read_canonical(canonical(event)) == json.loads(json.dumps(event))
    assert EventLog("station.example/1").append(event) == 0


def test_a_batch_that_is_called_01_is_no_article_number() -> None:
    write_event(Sampled(Things((TrayIdentity(None, "01", "0"),), ()), "0", "0"), NOON, "station-1", NAMES)


@settings(max_examples=30)
@given(HAPPENINGS, TIMES, st.booleans())
def test_a_correction_repeats_the_event_and_says_what_was_wrong(
    validators: Validators,
    happening: Happening,
    at: datetime,
    repeated: bool,  # noqa: FBT001
) -> None:
    event, right = write_event(happening, at, "station-1", NAMES), packed()
    if repeated:
        declared = declare_error(event, at, "incorrect_data", [right])
        assert declared["errorDeclaration"]["correctiveEventIDs"] == [right["eventID"]]  # type: ignore[index]
    else:
        declared = declare_error(event, at, "did_not_occur")
    assert {name: value for name, value in declared.items() if name != "errorDeclaration"} == event
    for validate in validators:
        validate(write_document([right, declared], NOON, NAMES))


def test_a_transformation_leads_from_lots_to_trays() -> None:
    event = packed()
    assert event["inputQuantityList"] == [
        {"epcClass": "https://trace.example.org/lot/L-0815", "quantity": 312.5, "uom": "KGM"}
    ]
    assert event["outputEPCList"] == ["https://trace.example.org/01/09521234000013/21/1042-AEBAGBAF"]
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == ("2026-11-25T04:00:00.000Z", "+08:00")


def test_the_same_event_has_the_same_id_and_another_one_another() -> None:
    assert packed() == packed()
    later = write_event(PACKED, NOON.replace(minute=1), "station-1", NAMES)
    assert later["eventID"] != packed()["eventID"]
    recorded = write_event(PACKED, NOON, "station-1", NAMES, recorded_at=NOON.replace(hour=13))
    assert recorded["eventID"] == packed()["eventID"]


def test_a_reading_beyond_what_was_agreed_is_an_alarm() -> None:
    readings = tuple(Reading(NOON, Decimal(value)) for value in ("3.9", "4.0", "6.0", "6.1"))
    chain = ColdChain(Things(trays=(TRAY,)), "T-7", readings, Decimal(4), Decimal(6))
    (element,) = cast("list[Event]", write_event(chain, NOON, "truck-2", NAMES)["sensorElementList"])
    alarms = [report.get("exception") for report in element["sensorReport"]]
    assert alarms == ["ALARM_CONDITION", None, None, "ALARM_CONDITION"]


def test_a_growers_name_does_not_reach_the_log() -> None:
    with pytest.raises(EventError, match="salted hash, not a name"):
        write_event(Received(LOT, "王芳", "P1", "红颜", NOON, None, None), NOON, "station-1", NAMES)
    with pytest.raises(EventError, match="salted hash, not a name"):
        write_event(PACKED, NOON, "station-1", NAMES, operator="李")
    hidden = Received(LOT, commit("王芳", bytes(16)), "P1", "红颜", NOON, None, None)
    assert "王芳" not in json.dumps(write_event(hidden, NOON, "station-1", NAMES), ensure_ascii=False)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(EventError, match="time zone"):
        write_event(PACKED, datetime(2026, 11, 25, 12), "station-1", NAMES)  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("kg", ["0.1234567890123456789", "NaN", "Infinity", "9007199254740993"])
def test_a_weight_that_a_number_cannot_carry_is_refused(kg: str) -> None:
    with pytest.raises(EventError, match="more digits"):
        write_event(Packed((LotShare("L", Decimal(kg)),), (TRAY,), "S", None, {}), NOON, "station-1", NAMES)


def set_to(*path: str, value: object) -> Callable[[Event], object]:
    def change(event: Event) -> None:
        inner: Any = event
        for step in path[:-1]:
            inner = inner[int(step) if step.isdigit() else step]
        inner[path[-1]] = value

    return change


WRONG_DIGIT = "https://trace.example.org/01/09521234000014/21/1"
PASSED_BY_THE_SCHEMA: dict[str, tuple[Callable[[Event], object], str]] = {
    "nothing comes out": (
        lambda event: (event.pop("outputEPCList"), event.update(transformationID="urn:uuid:1")), "nothing came out",
    ),
    "nothing goes in": (
        lambda event: (event.pop("inputQuantityList"), event.update(transformationID="urn:uuid:1")), "nothing went in",
    ),
    "a wrong check digit": (set_to("outputEPCList", value=[WRONG_DIGIT]), "check digit"),
    "a type that nobody knows": (set_to("type", value="trace:TransformationEvent"), "no type of event"),
    "a weight below zero": (set_to("inputQuantityList", "0", "quantity", value=-1), "which is none"),
    "no weight": (lambda event: event["inputQuantityList"][0].pop("quantity"), "which is none"),
    "half a piece": (lambda event: event["inputQuantityList"][0].pop("uom"), "pieces"),
    "a lot that is named twice": (
        lambda event: event["inputQuantityList"].append({**event["inputQuantityList"][0], "quantity": 2}), "twice",
    ),
    "recorded before it happened": (set_to("recordTime", value="2020-01-01T00:00:00Z"), "recorded before"),
    "a correction without a reason": (
        set_to("errorDeclaration", value={"declarationTime": "2027-01-01T00:00:00Z"}), "its reason",
    ),
    "corrected before it happened": (
        set_to("errorDeclaration", value={"declarationTime": "2020-01-01T00:00:00Z", "reason": "did_not_occur"}),
        "corrected before",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", PASSED_BY_THE_SCHEMA)
def test_what_the_schema_lets_through_our_rules_do_not(mistake: str, validators: Validators) -> None:
    change, complaint = PASSED_BY_THE_SCHEMA[mistake]
    wrong = rewritten(packed(), change)
    document = write_document([packed()], NOON, NAMES)
    document["epcisBody"] = {"eventList": [wrong]}
    for validate in validators:
        validate(document)
    with pytest.raises(EventError, match=complaint):
        check(wrong)


STOPPED_BY_THE_SCHEMA: dict[str, Callable[[Event], object]] = {
    "a type that is a typing error": set_to("type", value="TransformatonEvent"),
    "a naive time": set_to("eventTime", value="2026-11-25T04:00:00"),
    "a zone that is none": set_to("eventTimeZoneOffset", value="8"),
    "a typing error in a field": set_to("bizstep", value="commissioning"),
    "a step that is none": set_to("bizStep", value="comissioning"),
    "a tray that is no address": set_to("outputEPCList", value=["tray 1"]),
    "a unit that is none": set_to("inputQuantityList", "0", "uom", value="kg"),
}


@pytest.mark.parametrize("mistake", STOPPED_BY_THE_SCHEMA)
def test_what_the_schema_with_its_formats_stops_is_stopped_by_both_validators(
    mistake: str, validators: Validators
) -> None:
    document = write_document([packed()], NOON, NAMES)
    document["epcisBody"] = {"eventList": [rewritten(packed(), STOPPED_BY_THE_SCHEMA[mistake])]}
    for validate, error in zip(validators, (jsonschema.ValidationError, jsonschema_rs.ValidationError), strict=True):
        with pytest.raises(error):
            validate(document)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (set_to("eventTime", value="2026-11-25T04:00:00"), "no time with its zone"),
        (set_to("eventTime", value="yesterday"), "no time with its zone"),
        (set_to("readPoint", "id", value="https:///place"), "no address"),
        (set_to("readPoint", "id", value="https://a.example/two words"), "no address"),
        (set_to("outputEPCList", value=["https://trace.example.org/01/1234/21/1"]), "no GTIN"),
    ],
)
def test_other_mistakes_are_named(change: Callable[[Event], object], complaint: str) -> None:
    with pytest.raises(EventError, match=complaint):
        check(rewritten(packed(), change))


def test_an_event_that_was_changed_after_it_was_written_is_seen() -> None:
    changed = packed()
    changed["disposition"] = "conformant"
    with pytest.raises(EventError, match="changed after it was written"):
        write_document([changed], NOON, NAMES)


@pytest.mark.parametrize("celsius", ["-41", "61", "98.6"])
def test_a_broken_thermometer_is_not_believed(celsius: str) -> None:
    chain = ColdChain(Things(trays=(TRAY,)), "T-7", (Reading(NOON, Decimal(celsius)),), Decimal(4), Decimal(6))
    with pytest.raises(EventError, match="cannot have been measured"):
        write_event(chain, NOON, "truck-2", NAMES)


def test_an_event_about_nothing_is_none() -> None:
    for happening, complaint in (
        (Held(Things(), "why"), "about nothing"),
        (ColdChain(Things(trays=(TRAY,)), "T-7", (), Decimal(4), Decimal(6)), "reports nothing"),
        (Packed((LOT,), (), "Super", None, {}), "nothing came out"),
        (Packed((), (TRAY,), "Super", None, {}), "nothing went in"),
    ):
        with pytest.raises(EventError, match=complaint):
            write_event(happening, NOON, "station-1", NAMES)


def test_corrections_of_corrections_and_half_corrections_are_refused() -> None:
    event = packed()
    with pytest.raises(EventError, match="declared wrong already"):
        declare_error(declare_error(event, NOON, "did_not_occur"), NOON, "did_not_occur")
    with pytest.raises(EventError, match="corrected by another event"):
        declare_error(event, NOON, "incorrect_data")
    with pytest.raises(EventError, match="corrected by another event"):
        declare_error(event, NOON, "did_not_occur", [event])
    with pytest.raises(EventError, match="correct itself"):
        declare_error(event, NOON, "incorrect_data", [event])


def test_what_has_no_name_is_refused() -> None:
    for name in ("", "x" * 61, "草莓", "two words"):
        with pytest.raises(IdentityError):
            NAMES.lot(name)


def test_the_official_examples_are_valid_and_our_rules_survive_them(shared_data: Path, validators: Validators) -> None:
    examples = sorted((shared_data / "vectors" / "epcis" / "examples").glob("*.jsonld"))
    assert len(examples) == 47
    for example in examples:
        document = json.loads(example.read_text())
        for validate in validators:
            validate(document)
        for event in document.get("epcisBody", {}).get("eventList", []):
            # Others name things as they like; ours alone must pass our rules.
            with pytest.raises(EventError):
                check(event)
