"""A whole station in virtual time that tests may break while it runs; its invariants are checked at every look."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from grader.grading import Outlet, find_rule_pack
from grader.line.profile import References, StationProfile
from grader.line.records import DeliveryRecord, FruitRecord
from grader.line.states import State
from grader.store import DiskFullError
from grader.twin.audit import Audit
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.simulation import Depth, SimulationSettings, simulate
from grader.twin.virtual import VirtualStation


class Memory:
    """A journal in memory, whose disk may be full."""

    def __init__(self) -> None:
        self.fruit: dict[int, FruitRecord] = {}
        """Durable ones."""
        self.deliveries: dict[int, DeliveryRecord] = {}
        self.doubted: dict[int, str] = {}
        self.taken_away: dict[int, str] = {}
        self.standing: dict[Outlet, int] = {}
        self.events: list[tuple[float, str, Mapping[str, object]]] = []
        self.probed_s = 0.0
        self.full = False

    def record(self, fruit: FruitRecord) -> Future[None]:
        if self.full:
            return self._failed()
        self.fruit[fruit.fruit] = fruit
        return self._done()

    def deliver(self, delivery: DeliveryRecord) -> Future[None]:
        assert delivery.fruit not in self.deliveries, "delivered twice"
        self.deliveries[delivery.fruit] = delivery
        return self._done()

    def stand(self, outlet: Outlet, tray: int, instead_of: int | None, why: str | None = None) -> Future[None]:
        self.standing[outlet] = tray
        if instead_of is not None and why is not None:
            self.taken_away[instead_of] = why
        assert instead_of != tray
        return self._done()

    def doubt(self, tray: int, why: str) -> Future[None]:
        self.doubted[tray] = why
        return self._done()

    def happened(self, kind: str, payload: Mapping[str, object], now_s: float) -> Future[None]:
        self.events.append((now_s, kind, payload))
        return self._done()

    def probe(self, now_s: float) -> Future[None]:
        self.probed_s = now_s
        return self._failed() if self.full else self._done()

    def tend(self, now_s: float) -> None:
        del now_s

    def _done(self) -> Future[None]:
        future: Future[None] = Future()
        future.set_result(None)
        return future

    def _failed(self) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(DiskFullError("the disk is full"))
        return future


class BrokenLine:
    """A running station, what to break, and what must hold all the same."""

    def __init__(
        self,
        seed: int = 1,
        fruit_per_s: float = 10.0,
        speed_mm_s: float = 300.0,
        profile: StationProfile | None = None,
        *,
        references: bool = True,
        true_references: References | None = None,
    ) -> None:
        """`references`: somebody passes the reference pieces at the start, which truly are `true_references`."""
        self.profile = profile or StationProfile()
        self.pack = find_rule_pack("cooperative")
        settings = SimulationSettings(
            seed=seed,
            depth=Depth.SIGHTINGS,
            conveyor=ConveyorSettings(speed_mm_s=speed_mm_s),
            feed=FeedSettings(fruit_per_s=fruit_per_s),
        )
        truly = self.profile.model_copy(update={"references": true_references or self.profile.references})
        simulation = simulate(truly, settings)
        self.journal = Memory()
        self.plant = simulation.plant
        self.virtual = VirtualStation(self.profile, self.pack, self.plant, simulation.see, self.journal)
        self.station = self.virtual.station
        self.line = self.virtual.line
        self.virtual.start(references=references)

    @property
    def state(self) -> State:
        return self.station.machine.state

    @property
    def alarms(self) -> set[str]:
        return {alarm.kind.code for alarm in self.station.alarms.active}

    def run(self, seconds: float) -> None:
        """Go on, and look at the books ten times a second."""
        for _ in range(round(seconds * 10)):
            self.virtual.run(0.1)
            assert self.line.tally.balanced

    def until(self, happened: Callable[[], bool], seconds: float = 60.0) -> None:
        """Go on until it has; it must within `seconds`."""
        for _ in range(round(seconds * 100)):
            if happened():
                return
            self.virtual.run(0.01)
            assert self.line.tally.balanced
        raise AssertionError(f"never: {self.state.name}, {self.alarms}, {self.line.tally}")

    def fired(self) -> int:
        """Fruit that jets have moved."""
        return sum(len(items) for _, items in self.plant.whereabouts().trays)

    def check_trays(self, *, wrong: int = 0) -> None:
        """What lies in trays was durably recorded for them; in trays whose count is doubted up to `wrong` are not."""
        rows = [
            {
                "lane": fruit.lane,
                "encoder_count": round(-fruit.rides_mm / self.profile.encoder.mm_per_count),
                "outlet": fruit.outlet.value,
                "grade": fruit.decision.grade,
                "diameter_mm": fruit.fused.measurement.diameter_mm,
                "views": fruit.fused.views,
            }
            for fruit in self.journal.fruit.values()
        ]
        verdict = Audit(self.profile, self.pack).verdict(rows, self.plant.whereabouts())
        assert verdict.wrong_delivery <= wrong
        assert verdict.without_record == 0
