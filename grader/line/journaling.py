"""The line's journal on disk: what happens on the belt becomes rows of `journal.db`."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from grader.errors import GraderError
from grader.grading import Outlet
from grader.line.commands import SphereCheck
from grader.line.records import NOBODYS, DeliveryRecord, Feed, Fortune, FruitRecord
from grader.store import (
    EventHappened,
    FruitDecided,
    FruitDelivered,
    Journal,
    Outcome,
    Record,
    RefusedError,
    RunEnded,
    RunStarted,
    TrayClosed,
    TrayDoubted,
    TrayOpened,
    last_event,
    reading,
    run_of,
)
from grader.store.books import BOOKS
from grader.store.books.lots import feed_of_journal
from grader.store.tail import fingerprint

OUTCOMES = {
    Fortune.DELIVERED: Outcome.DELIVERED,
    Fortune.RECHECK: Outcome.RECHECK,
    Fortune.UNCONFIRMED: Outcome.UNCONFIRMED,
}

NEW_RUN = "new_run"
"""Why a tray is taken away that an earlier run left."""
AGAIN_S = 1.0
"""What the disk did not take is handed in again so often."""


def check_of_shift(path: Path, calibration_sha256: str, valid_h: float, utc_ns: int) -> SphereCheck:
    """How the reference spheres stand by the journal `path`: passed, if they did in this shift by this calibration."""
    if not path.exists():
        return SphereCheck.DUE
    with reading(path) as connection:
        event = last_event(connection, "sphere_check")
        run = None if event is None or event.run is None else run_of(connection, event.run)
    if event is None or run is None or run["calibration_sha256"] != calibration_sha256:
        return SphereCheck.DUE
    recent = 0 <= utc_ns - event.utc_ns <= valid_h * 3600 * 1e9
    passed = event.payload["result"] == SphereCheck.PASSED.value
    return SphereCheck.PASSED if recent and passed else SphereCheck.DUE


def feed_by_the_books(books: Path, journal: Path) -> Feed:
    """Whose fruit come, as the books say of this journal's line; nobody's where they are not there or do not say.

    Books that cannot be read keep no line from running: where it says nothing, the books give fruit their lot.
    """
    try:
        with reading(journal) as line:
            mark = fingerprint(line)
        if mark is None or not books.exists():
            return NOBODYS
        with reading(books, BOOKS) as connection:
            fed = feed_of_journal(connection, mark)
    except GraderError:
        return NOBODYS
    return NOBODYS if fed is None else Feed(fed["lot"], fed["pass_number"], mixed=bool(fed["mixed"]))


class RunJournal:
    """One run on record: the `Journal` of the line over the one of the store.

    A fruit that the disk cannot take is refused, and so never ejected. All else is true whether or not the disk has it:
    it is kept, and handed in again by `tend` until it is on disk.
    """

    def __init__(
        self,
        journal: Journal,
        run: RunStarted,
        mm_per_count: float,
        utc_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Put `run` on record and wait for the disk; raises what the store raises."""
        journal.submit(run).result()
        self.refused: list[RefusedError] = []
        """What the database takes for untrue: a fault of ours, and a reason to stop."""
        self._journal = journal
        self._left = dict(journal.open_trays)
        self.run = run.run
        """Its number."""
        self._mm_per_count = mm_per_count
        self._utc_ns = utc_ns
        self._tried_s = -math.inf
        self._owed: deque[tuple[tuple[Record, ...], Future[None]]] = deque()

    def record(self, fruit: FruitRecord) -> Future[None]:
        """Put a fruit on record; the future is done once it is on disk, or holds the error."""
        return self._journal.submit(self._row(fruit))

    def deliver(self, delivery: DeliveryRecord) -> Future[None]:
        """Put on record what became of it, 0.25 s later at most; a crash before that leaves it unconfirmed."""
        return self._owe(
            FruitDelivered(
                run=self.run,
                fruit=delivery.fruit,
                outcome=OUTCOMES[delivery.fortune],
                outlet=delivery.outlet.value if delivery.outlet else None,
                tray=delivery.tray,
                encoder_count=None,
                cause=delivery.cause,
                delivered_utc_ns=self._utc_ns(),
            ),
            may_wait=True,
        )

    def stand(self, outlet: Outlet, tray: int, instead_of: int | None, why: str | None = None) -> Future[None]:
        """An empty tray stands at an outlet now, in the place of another, or of what an earlier run left there."""
        now = self._utc_ns()
        if instead_of is None:
            instead_of, why = self._left.pop(outlet.value, None), NEW_RUN
        opened = TrayOpened(tray=tray, run=self.run, outlet=outlet.value, opened_utc_ns=now)
        if instead_of is None:
            return self._owe(opened)
        return self._owe(TrayClosed(tray=instead_of, closed_utc_ns=now, why=why), opened)

    def take_away(self, tray: int, why: str) -> Future[None]:
        """Nothing more comes into this tray, and no other stands in its place."""
        return self._owe(TrayClosed(tray=tray, closed_utc_ns=self._utc_ns(), why=why))

    def doubt(self, tray: int, why: str) -> Future[None]:
        """Somebody must count this tray."""
        return self._owe(TrayDoubted(tray=tray, why=why))

    def happened(self, kind: str, payload: Mapping[str, object], now_s: float) -> Future[None]:
        """Anything else that others must hear of."""
        return self._owe(self._event(kind, payload, now_s))

    def end(self, why: str) -> Future[None]:
        """The run is over and its belt empty."""
        return self._owe(RunEnded(run=self.run, ended_utc_ns=self._utc_ns(), ended_why=why))

    def probe(self, now_s: float) -> Future[None]:
        """Find out whether the disk takes anything."""
        return self._journal.submit(self._event("journal_probe", {}, now_s))

    def tend(self, now_s: float) -> None:
        """Hand in again what the disk has not taken, in its order."""
        while self._owed and self._owed[0][1].done():
            error = self._owed[0][1].exception()
            if isinstance(error, RefusedError):
                self.refused.append(error)
            elif error is not None:
                if now_s - self._tried_s < AGAIN_S:
                    return
                self._tried_s = now_s
                # What came after it may build on it, so all of it is handed in once more.
                self._owed = deque((records, self._journal.submit(*records)) for records, _ in self._owed)
                return
            self._owed.popleft()

    def _owe(self, *records: Record, may_wait: bool = False) -> Future[None]:
        future = self._journal.submit(*records, may_wait=may_wait)
        self._owed.append((records, future))
        return future

    def _event(self, kind: str, payload: Mapping[str, object], now_s: float) -> EventHappened:
        return EventHappened(
            kind=kind, payload=payload, utc_ns=self._utc_ns(), monotonic_ns=round(now_s * 1e9), run=self.run
        )

    def _row(self, fruit: FruitRecord) -> FruitDecided:
        fused, decision = fruit.fused, fruit.decision
        measured = fused.measurement
        return FruitDecided(
            run=self.run,
            fruit=fruit.fruit,
            pass_number=fruit.feed.pass_number,
            lot=fruit.feed.lot,
            lane=fruit.lane,
            encoder_count=round(-fruit.rides_mm / self._mm_per_count),
            exposed_monotonic_ns=round(fused.exposed_s * 1e9),
            decided_utc_ns=self._utc_ns(),
            views=fused.views,
            sightings=fused.sightings,
            width_mm=measured.width_mm,
            width_u_mm=measured.width_u_mm,
            diameter_mm=measured.diameter_mm,
            diameter_u_mm=measured.diameter_u_mm,
            length_mm=fused.length_mm,
            volume_mm3=fused.volume_mm3,
            weight_g=measured.weight_g,
            weight_u_g=measured.weight_u_g,
            maturity=measured.maturity,
            maturity_u=measured.maturity_u,
            surface_red=measured.surface_red,
            decay=measured.decay.value,
            why_not=measured.why_not,
            grade=decision.grade,
            decided_outlet=decision.outlet.value,
            outlet=fruit.outlet.value,
            diverted=fruit.diverted,
            criterion=decision.criterion,
            margin=decision.margin,
            reason_code=decision.because.code,
            reason=decision.reason,
            tray=fruit.tray,
        )
