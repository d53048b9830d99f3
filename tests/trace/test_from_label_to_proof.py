"""The way of a buyer: scan the label, find the tray's event, check the proof, and see what was packed into it."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest

from benchmarks.label_camera import Mishap, photographed, read
from benchmarks.labels import a_label
from grader.trace.errors import BadProofError
from grader.trace.events import LotShare, Names, Packed, declare_error, write_event
from grader.trace.evidence import Bundle, canonical, verify
from grader.trace.identity import read_scan
from grader.trace.labels import draw, shipped_template
from grader.trace.labels.files import DOTS_PER_MM
from tests.trace.events_of import CHINA
from tests.trace.world import World

NAMES = Names("trace.example.org")
NOON = datetime(2026, 11, 25, 12, tzinfo=CHINA)


def test_what_the_scanned_label_names_is_what_the_proved_event_packed(world: World) -> None:
    label = a_label(np.random.default_rng(11))
    packed = Packed(
        (LotShare("L-0815", Decimal("312.5")),), (label.identity,), "Super", NOON.date(), {"rulePack": "ab12"}
    )
    index = world.log.append(write_event(packed, NOON, "station-1", NAMES))
    file = world.log.prove(index, world.head()).written

    (scanned,) = read(photographed(draw(label, shipped_template(), DOTS_PER_MM), Mishap(angle_deg=-30)))
    verdict = verify(Bundle.parse(file.encode()), world.trust)
    assert verdict.event["outputEPCList"] == [NAMES.tray(read_scan(scanned))]
    assert len(verdict.witnesses) == 2


def test_a_mistake_is_corrected_in_the_log_and_both_stay_provable(world: World) -> None:
    label = a_label(np.random.default_rng(12))
    packed = Packed((LotShare("L-0815", Decimal("312.5")),), (label.identity,), "Super", None, {"rulePack": "ab12"})
    wrong = write_event(packed, NOON, "station-1", NAMES)
    right = write_event(replace(packed, grade="I"), NOON, "station-1", NAMES)
    declared = declare_error(wrong, NOON.replace(hour=13), "incorrect_data", [right])
    places = [world.log.append(event) for event in (wrong, right, declared)]
    head = world.head()
    proved = [verify(world.log.prove(place, head), world.trust).event for place in places]
    assert proved == [wrong, right, declared]
    assert proved[0]["eventID"] == proved[2]["eventID"] != proved[1]["eventID"]


def test_a_better_grade_does_not_prove(world: World) -> None:
    label = a_label(np.random.default_rng(13))
    packed = Packed((LotShare("L-0815", Decimal("312.5")),), (label.identity,), "II", None, {"rulePack": "ab12"})
    index = world.log.append(write_event(packed, NOON, "station-1", NAMES))
    forged = write_event(replace(packed, grade="Super"), NOON, "station-1", NAMES)
    with pytest.raises(BadProofError, match="was changed"):
        verify(replace(world.log.prove(index, world.head()), event=canonical(forged)), world.trust)
