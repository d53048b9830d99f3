"""What the line says, held against what lies in the twin's trays."""

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from grader.grading import Measurement, Outlet, RulePack, decide
from grader.line.records import FruitRecord
from grader.twin.feed import Item
from grader.twin.plant import Plant

SAME_MM = 14.0
"""A record and an item this far apart on the belt are not of one fruit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the line did."""

    wrong_delivery: int
    """Fruit in a tray other than their record's outlet, or in a tray without a record."""
    without_record: int
    """Of these, without a record."""
    delivered: dict[Outlet, int]
    """What truly lies in the trays of each outlet."""
    bias_mm: float
    sd_mm: float
    p95_mm: float
    """Of the fused diameter's error; the 95th percentile of its absolute value."""
    measured: int
    size_grade_agreement: float
    """Share of the measured fruit whose class by diameter alone is the true one."""
    whole_grade_agreement: float
    """Share whose grade is what the rule pack gives for the true diameter and the true red share."""


@dataclass(slots=True)
class Audit:
    """Collects the line's records and the items they are of."""

    plant: Plant
    pack: RulePack
    _by_lane: dict[int, list[tuple[float, FruitRecord]]] = field(default_factory=dict)

    def note(self, record: FruitRecord) -> None:
        """The line has decided a fruit."""
        rides_mm = record.rides_mm - self.plant.profile.infeed_mm
        self._by_lane.setdefault(record.lane, []).append((rides_mm, record))

    def verdict(self) -> Verdict:
        """On everything until now."""
        records = {lane: sorted(found, key=lambda entry: entry[0]) for lane, found in self._by_lane.items()}
        trays = [*self.plant.taken_away, *self.plant.trays.items()]
        delivered = dict.fromkeys(self.plant.trays, 0)
        wrong = without = 0
        pairs: list[tuple[Item, FruitRecord]] = []
        for outlet, items in trays:
            delivered[outlet] += len(items)
            for item in items:
                record = _nearest(records.get(item.lane, []), item)
                without += record is None
                wrong += record is None or record.outlet is not outlet
                pairs += [] if record is None else [(item, record)]
        elsewhere = [*self.plant.recheck, *(item for lane in self.plant.lanes for item in lane)]
        pairs += [(item, found) for item in elsewhere if (found := _nearest(records.get(item.lane, []), item))]
        return self._judge(wrong, without, delivered, [pair for pair in pairs if pair[1].fused.views])

    def _judge(
        self, wrong: int, without: int, delivered: dict[Outlet, int], pairs: list[tuple[Item, FruitRecord]]
    ) -> Verdict:
        true = np.array([item.diameter_mm for item, _ in pairs])
        said = np.array([record.fused.measurement.diameter_mm for _, record in pairs], np.float64)
        error = said - true
        limits = np.array([boundary.value for boundary in self.pack.limits_of("diameter_mm")])
        same_size = np.searchsorted(limits, true, "right") == np.searchsorted(limits, said, "right")
        same_grade = [record.decision.grade == self._true_grade(item) for item, record in pairs]
        many = len(pairs) > 1
        return Verdict(
            wrong_delivery=wrong,
            without_record=without,
            delivered=delivered,
            bias_mm=float(error.mean()) if many else float("nan"),
            sd_mm=float(error.std(ddof=1)) if many else float("nan"),
            p95_mm=float(np.percentile(np.abs(error), 95)) if many else float("nan"),
            measured=len(pairs),
            size_grade_agreement=float(same_size.mean()) if many else float("nan"),
            whole_grade_agreement=float(np.mean(same_grade)) if many else float("nan"),
        )

    def _true_grade(self, item: Item) -> str | None:
        truth = Measurement(
            diameter_mm=item.diameter_mm,
            diameter_u_mm=0.0,
            width_mm=item.width_mm,
            width_u_mm=0.0,
            maturity=item.visible_red,
            maturity_u=0.0,
            surface_red=item.visible_red,
            weight_g=item.volume_mm3 * self.plant.profile.density_g_cm3 / 1000,
            weight_u_g=0.0,
        )
        return decide(truth, self.pack).grade


def _nearest(records: list[tuple[float, FruitRecord]], item: Item) -> FruitRecord | None:
    """The record of `item`, among those of its lane in the order of their places."""
    at = bisect_left(records, item.rides_mm, key=lambda entry: entry[0])
    near = records[max(at - 1, 0) : at + 1]
    best = min(near, key=lambda entry: abs(entry[0] - item.rides_mm), default=None)
    return best[1] if best and abs(best[0] - item.rides_mm) <= SAME_MM else None
