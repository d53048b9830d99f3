"""The line: from sightings to deliveries. It has no clock, thread, file or device of its own.

Whoever runs it brings frames, ejection reports, exit pulses and the time; it answers through the journal and the
ejectors. So the same code runs in real time and in virtual time.

    frame -> Tracker -> fuse -> decide -> journal -> (durable) -> ejectors -> exit sensor -> journal
"""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain

from grader.grading import DecayLimits, Decision, Outlet, RulePack, decide, withhold
from grader.line.ejection import Fate, Report, Shot
from grader.line.exits import watches
from grader.line.fusion import fuse
from grader.line.outlets import Outlets, Place
from grader.line.profile import StationProfile
from grader.line.records import NOBODYS, DeliveryRecord, Ejectors, Feed, Fortune, FruitRecord, Journal
from grader.line.references import ReferenceCheck
from grader.line.sightings import BeltSightings
from grader.line.tally import Tally
from grader.line.tracking import Track, Tracker

RECENT_DRIFTS = 20
"""By so many fruit the belt's slip is judged."""


@dataclass(eq=False, slots=True)
class Passage:
    """A decided fruit on its way."""

    record: FruitRecord
    durable: Future[None]
    shot: Shot | None
    """None: nobody will fire at it."""
    armed: bool = False
    """The journal has answered."""
    fired: bool = False
    cause: str | None = None
    """Why it will not be fired at although it was meant to be."""


class Line:
    """One run of the line."""

    def __init__(
        self,
        profile: StationProfile,
        pack: RulePack,
        journal: Journal,
        ejectors: Ejectors,
        first_tray: int = 1,
        *,
        decay_limits: DecayLimits | None = None,
        feed: Feed = NOBODYS,
    ) -> None:
        """Empty trays stand at all outlets, the first of them with the number `first_tray`; `feed` is fed.

        Without `decay_limits` nobody assesses decay.
        """
        self._profile = profile
        self._pack = pack
        self._decay_limits = decay_limits
        self._journal = journal
        self._ejectors = ejectors
        self._ejector = {ejector.outlet: ejector for ejector in profile.ejectors}
        self._tracker = Tracker(profile)
        self._passages: dict[int, Passage] = {}
        self._decided = 0
        self.feed = feed
        """Whose fruit come onto the belt now."""
        self.lanes = len(profile.lanes.centres_mm)
        self.exits = watches(profile)
        self.outlets = Outlets(profile, first_tray)
        for outlet, place in self.outlets.places.items():
            journal.stand(outlet, place.tray, None)
        self.references = ReferenceCheck(profile.references)
        self.tally = Tally()
        self.journal_error: BaseException | None = None
        """What the journal answered to the last fruit; None: it is on disk."""
        self.drifts: deque[float] = deque(maxlen=RECENT_DRIFTS)
        """`Track.drift` of the fruit decided last."""
        self._probe: Future[None] | None = None
        self.latencies_s: list[float] = []
        """From the exposure of the last sighting used to the durable record, of each fruit; the caller empties it."""

    def see(self, frame: BeltSightings, speed_mm_s: float, *, classes: bool = True) -> list[FruitRecord]:
        """Take a frame in; the fruit that are decided by it. `classes`: whether they may get one."""
        leaving = self._tracker.see(frame)
        fruit = [track for track in leaving if not self.references.take(track)]
        return [self._decide(track, leaving, speed_mm_s, classes=classes) for track in fruit]

    def report(self, report: Report) -> None:
        """The ejectors say what became of a shot."""
        passage = self._passages.get(report.shot.fruit)
        if passage is None:
            return
        if report.fate is Fate.FIRED:
            passage.fired = True
            self.exits[report.shot.outlet].fired(report.shot, report.at_s)
        else:
            self._give_up(passage, report.fate.value)

    def exit_pulse(self, outlet: Outlet, lane: int, at_s: float) -> None:
        """An exit sensor saw a fruit. One that nobody sent closes the outlet, because its tray is no longer sure."""
        shot = self.exits[outlet].pulse(lane, at_s)
        passage = self._passages.get(shot.fruit) if shot else None
        if passage is None:
            self.close(outlet, "outlet_unexpected_pulse", recount=True)
            return
        self._place_of(passage).receive(passage.record.fused.measurement.weight_g)
        self._finish(passage, Fortune.DELIVERED, outlet, None)
        self._judge(outlet)

    def tick(self, travel_mm: float, now_s: float) -> None:
        """Time and belt went on: arm what has become durable, give up what cannot arrive, let go what ran off."""
        for passage in list(self._passages.values()):
            if not passage.armed and passage.durable.done():
                self._settle(passage, now_s)
        if self._probe is not None and self._probe.done():
            self.journal_error, self._probe = self._probe.exception(), None
        for outlet, watch in self.exits.items():
            for shot in watch.overdue(now_s):
                if shot.fruit not in self._passages:
                    continue
                self._doubt(outlet, "no_exit_pulse")
                self._finish(self._passages[shot.fruit], Fortune.UNCONFIRMED, None, "no_exit_pulse")
                self._judge(outlet)
        off_mm = self._profile.end_mm - travel_mm
        for passage in list(self._passages.values()):
            if passage.armed and passage.shot is None and passage.record.rides_mm >= off_mm:
                self._finish(passage, Fortune.RECHECK, Outlet.RECHECK, passage.cause)

    def close(self, outlet: Outlet, why: str, *, recount: bool = False) -> None:
        """Send nothing to `outlet` any more, and drop the shots that wait for it."""
        self.outlets.close(outlet, why)
        if recount:
            self._doubt(outlet, why)
        self._ejectors.cancel(outlet)

    def reopen(self, outlet: Outlet) -> None:
        """Somebody has mended the outlet."""
        self.exits[outlet].forgive()
        self.outlets.open(outlet)

    def swap_tray(self, outlet: Outlet) -> tuple[int, int]:
        """An empty tray stands at `outlet` now, which is open again: the numbers of the old and the new tray.

        ValueError while fruit are on their way into the old one.
        """
        self.exits[outlet].forgive()
        why = self.outlets[outlet].why_taken_away
        old, new = self.outlets.swap(outlet)
        self._journal.stand(outlet, new, old, why)
        return old, new

    def feed_now(self, feed: Feed) -> None:
        """From the next fruit on they are of `feed`; ValueError while fruit are on the belt: nobody could tell them."""
        if self.fruit_on_belt:
            raise ValueError(f"{self.fruit_on_belt} fruit are on the belt: let it run empty before another lot comes")
        self.feed = feed
        self.outlets.fed(feed)

    def let_go(self) -> None:
        """The belt stands and somebody may reach in: drop all shots, and look at what is in sight afresh."""
        self._ejectors.cancel(None)
        for passage in self._passages.values():
            if passage.shot is not None and not passage.armed:
                self._give_up(passage, "stopped")
        self._tracker.forget()
        self.drifts.clear()

    def abandon(self, why: str, *, shots_only: bool = False) -> None:
        """Nobody will see what becomes of the fruit on their way; `shots_only`: of those that may be fired at."""
        for passage in list(self._passages.values()):
            if passage.shot is not None and passage.armed and not passage.fired:
                self._doubt(passage.record.outlet, why)
                self._finish(passage, Fortune.UNCONFIRMED, None, why)
            elif not shots_only:
                self._finish(passage, Fortune.UNCONFIRMED, None, why)

    def try_journal(self, now_s: float) -> None:
        """Find out whether a journal that failed takes records again."""
        self._probe = self._probe or self._journal.probe(now_s)

    @property
    def shots_waiting(self) -> int:
        """Shots that are not known to have been fired."""
        return sum(passage.shot is not None and not passage.fired for passage in self._passages.values())

    @property
    def waits_since_s(self) -> float | None:
        """Exposure of the oldest decided fruit that the journal has not answered about; None: it owes no answer."""
        return min((p.record.fused.exposed_s for p in self._passages.values() if not p.armed), default=None)

    @property
    def fruit_in_sight(self) -> int:
        """Fruit in the camera's window that nothing is decided about yet."""
        return sum(not track.decided for track in self._tracker.tracks)

    @property
    def fruit_on_belt(self) -> int:
        """Fruit that the line knows of and that have not left it."""
        return self.tally.in_flight + self.fruit_in_sight

    @property
    def oldest_undecided_s(self) -> float | None:
        """First exposure of the undecided fruit in the window that has been there longest; None: there is none."""
        waiting = (track.frames[0][0].exposed_s for track in self._tracker.tracks if not track.decided)
        return min(waiting, default=None)

    def _decide(self, track: Track, leaving: list[Track], speed_mm_s: float, *, classes: bool) -> FruitRecord:
        self._decided += 1
        if (drift := track.drift(self._profile.encoder.mm_per_count)) is not None:
            self.drifts.append(drift)
        fused = fuse(track, self._profile, self._decay_limits)
        decision = decide(fused.measurement, self._pack) if classes else withhold(fused.measurement)
        obstacle = self._obstacle(track, decision, leaving, speed_mm_s)
        outlet = Outlet.RECHECK if obstacle else decision.outlet
        sent = outlet is not Outlet.RECHECK
        record = FruitRecord(
            fruit=self._decided,
            lane=track.lane,
            rides_mm=track.rides_mm,
            across_mm=track.across_mm,
            best_view=track.best_view(self._profile.window.middle_mm),
            fused=fused,
            decision=decision,
            outlet=outlet,
            diverted=obstacle,
            tray=self.outlets[outlet].tray if sent else None,
            feed=self.feed,
        )
        if sent:
            self.outlets[outlet].expect(fused.measurement.weight_g, self.feed.lot)
        self.tally.record(record)
        passage = Passage(record, self._journal.record(record), self._shot(record) if sent else None)
        self._passages[record.fruit] = passage
        return record

    def _obstacle(self, track: Track, decision: Decision, leaving: list[Track], speed_mm_s: float) -> str | None:
        """Why the fruit cannot be sent where the decision says; None: it can, or it goes to recheck anyway."""
        if decision.outlet is Outlet.RECHECK:
            return None
        if decision.outlet not in self._ejector:
            return "no_such_outlet"
        if (obstacle := self.outlets[decision.outlet].obstacle) is not None:
            return obstacle
        clear_mm = self._profile.clearance_mm + speed_mm_s * self._ejector[decision.outlet].pulse_ms / 1000
        neighbours = chain(
            ((other.lane, other.rides_mm) for other in chain(self._tracker.tracks, leaving) if other is not track),
            ((other.record.lane, other.record.rides_mm) for other in self._passages.values()),
        )
        near = any(lane == track.lane and abs(rides_mm - track.rides_mm) < clear_mm for lane, rides_mm in neighbours)
        return "too_close" if near else None

    def _shot(self, record: FruitRecord) -> Shot:
        ejector = self._ejector[record.outlet]
        return Shot(
            fruit=record.fruit,
            outlet=record.outlet,
            lane=record.lane,
            hit_mm=ejector.at_mm - record.rides_mm,
            delay_s=ejector.delay_ms[record.lane] / 1000,
            pulse_s=ejector.pulse_ms / 1000,
        )

    def _doubt(self, outlet: Outlet, why: str) -> None:
        """Somebody must count the tray; the first reason stands."""
        place = self.outlets[outlet]
        if place.recount is None:
            place.recount = why
            self._journal.doubt(place.tray, why)

    def _settle(self, passage: Passage, now_s: float) -> None:
        """The journal has answered: on disk, or not."""
        passage.armed = True
        self.journal_error = passage.durable.exception()
        if self.journal_error is not None:
            self.tally.refuse(passage.record)
            self._forget(passage)
            return
        self.latencies_s.append(now_s - passage.record.fused.exposed_s)
        if passage.shot is None:
            return
        if self.outlets[passage.record.outlet].closed:
            self._give_up(passage, Fate.CANCELLED.value)
        else:
            self._ejectors.arm(passage.shot)

    def _give_up(self, passage: Passage, cause: str) -> None:
        """It will not be fired at, and so it runs off the end."""
        self._place_of(passage).no_longer_expect(passage.record.fused.measurement.weight_g)
        passage.shot = None
        passage.cause = cause

    def _finish(self, passage: Passage, fortune: Fortune, outlet: Outlet | None, cause: str | None) -> None:
        record = passage.record
        tray = record.tray if outlet is record.outlet else None
        delivery = DeliveryRecord(record.fruit, fortune, outlet, tray, cause)
        self.tally.deliver(delivery, record.outlet)
        self._journal.deliver(delivery)
        self._forget(passage)

    def _forget(self, passage: Passage) -> None:
        if passage.shot is not None:
            self._place_of(passage).no_longer_expect(passage.record.fused.measurement.weight_g)
        del self._passages[passage.record.fruit]

    def _place_of(self, passage: Passage) -> Place:
        return self.outlets[passage.record.outlet]

    def _judge(self, outlet: Outlet) -> None:
        if self.outlets[outlet].closed is None and (fault := self.exits[outlet].fault()) is not None:
            self.close(outlet, fault, recount=fault == "outlet_missing_pulses")
