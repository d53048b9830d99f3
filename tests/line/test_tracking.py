from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.line.tracking import Track, Tracker
from grader.vision import WhyNot

Frame = Callable[..., BeltSightings]


def pass_by(tracker: Tracker, frame: Frame, fruit: list[tuple[float, float]], until_mm: float = 1000.0) -> list[Track]:
    """Move `fruit` (along at travel 0, across) through the window; what was decided."""
    decided: list[Track] = []
    for travel in np.arange(0.0, until_mm, 50.0):
        places = [(along + travel, across) for along, across in fruit if abs(along + travel) < 150]
        decided += tracker.see(frame(travel, places))
    return decided


def test_a_fruit_keeps_its_identity_over_all_its_sightings(profile: StationProfile, frame: Frame) -> None:
    decided = pass_by(Tracker(profile), frame, [(-200.0, -27.5)])
    assert [track.number for track in decided] == [1]
    assert len(decided[0].frames) >= 3
    assert decided[0].lane == 1


@given(
    lanes=st.lists(st.lists(st.floats(20.0, 90.0), min_size=1, max_size=6), min_size=4, max_size=4),
    noise=st.integers(0, 2**31),
)
def test_every_fruit_is_decided_exactly_once(
    profile: StationProfile, frame: Frame, lanes: list[list[float]], noise: int
) -> None:
    generator = np.random.default_rng(noise)
    fruit = [
        (-200.0 - along, across)
        for across, gaps in zip(profile.lanes.centres_mm, lanes, strict=True)
        for along in np.cumsum(gaps)
    ]
    tracker = Tracker(profile)
    decided: list[Track] = []
    for travel in np.arange(0.0, 1200.0, 50.0) + generator.uniform(0, 3, 24):
        places = [
            (along + travel + generator.normal(0, 0.8), across + generator.normal(0, 0.8))
            for along, across in fruit
            if abs(along + travel) < 150
        ]
        decided += tracker.see(frame(travel, places))
    assert len(decided) == len(fruit)
    rides = sorted(track.rides_mm for track in decided)
    assert np.allclose(rides, sorted(along for along, _ in fruit), atol=3.0)


def test_a_fruit_that_was_decided_early_is_not_taken_for_a_new_one(profile: StationProfile, frame: Frame) -> None:
    """The belt may creep, so that a decided fruit is seen again and again."""
    tracker = Tracker(profile)
    decided: list[Track] = []
    for travel in np.arange(0.0, 400.0, 5.0):
        decided += tracker.see(frame(travel, [(-120.0 + travel, 0.0)] if travel < 260 else []))
    assert len(decided) == 1


def test_a_missed_sighting_does_not_end_a_fruit(profile: StationProfile, frame: Frame) -> None:
    tracker = Tracker(profile)
    decided: list[Track] = []
    for travel, seen in ((0.0, True), (50.0, False), (100.0, True), (150.0, False), (200.0, True)):
        decided += tracker.see(frame(travel, [(-110.0 + travel, 27.5)] if seen else []))
    assert len(decided) == 1
    assert len(decided[0].frames) == 3


def test_a_fruit_that_vanishes_is_decided_when_it_leaves_the_window(profile: StationProfile, frame: Frame) -> None:
    tracker = Tracker(profile)
    tracker.see(frame(0.0, [(-100.0, 27.5)]))
    assert not tracker.see(frame(100.0, []))
    assert len(tracker.see(frame(200.0, []))) == 1


def test_a_fruit_waits_for_its_last_view_if_the_one_before_was_useless(profile: StationProfile, frame: Frame) -> None:
    tracker = Tracker(profile)
    tracker.see(frame(0.0, [(-70.0, 0.0)]))
    assert not tracker.see(frame(100.0, [(30.0, 0.0)], why_not=[WhyNot.HIDDEN]))
    assert len(tracker.see(frame(150.0, [(80.0, 0.0)]))) == 1


def test_a_fresh_good_view_near_the_end_is_decided_on_at_once(profile: StationProfile, frame: Frame) -> None:
    tracker = Tracker(profile)
    tracker.see(frame(0.0, [(-70.0, 0.0)]))
    assert len(tracker.see(frame(110.0, [(40.0, 0.0)]))) == 1


def test_fruit_that_are_cut_on_their_way_in_begin_no_track(profile: StationProfile, frame: Frame) -> None:
    tracker = Tracker(profile)
    tracker.see(frame(0.0, [(-140.0, 0.0)]))
    assert tracker.tracks == []
