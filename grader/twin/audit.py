"""What the journal says, held against what lies in the twin's trays."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.grading import Decay, Measurement, Outlet, RulePack, decide
from grader.line.profile import StationProfile
from grader.twin.feed import Item
from grader.twin.plant import Whereabouts

SAME_MM = 14.0
"""A record and an item this far apart on the belt are not of one fruit."""

ROTTEN = 0.005
"""A spot that covers less of what is seen is a few pixels of its rim."""

Row = Mapping[str, Any]
"""A fruit of the journal, as `grader.store.fruit_after` gives it."""


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
    """Share whose grade is what the rule pack gives for the true diameter, red share and rot."""


class Audit:
    """Truth and record, side by side."""

    def __init__(self, profile: StationProfile, pack: RulePack) -> None:
        self._profile = profile
        self._pack = pack

    def verdict(self, rows: Iterable[Row], where: Whereabouts) -> Verdict:
        """On the recorded fruit of one run and everything that lies in trays, in the crate, and on the belt."""
        delivered = {ejector.outlet: 0 for ejector in self._profile.ejectors}
        wrong = without = 0
        paired = self.pairs(rows, where)
        for outlet, _, record in paired:
            if outlet is not None:
                delivered[outlet] += 1
                without += record is None
                wrong += record is None or record["outlet"] != outlet
        measured = [(item, record) for _, item, record in paired if record is not None and record["views"]]
        return self._judge(wrong, without, delivered, measured)

    def pairs(self, rows: Iterable[Row], where: Whereabouts) -> list[tuple[Outlet | None, Item, Row | None]]:
        """Everything that came onto the belt: in which outlet's tray it lies (None: elsewhere), and its record."""
        records = self._by_lane(rows)
        lying: list[tuple[Outlet | None, Item]] = [(outlet, item) for outlet, items in where.trays for item in items]
        lying += [(None, item) for item in where.elsewhere]
        return [(outlet, item, _nearest(records.get(item.lane, []), item)) for outlet, item in lying]

    def _by_lane(self, rows: Iterable[Row]) -> dict[int, list[tuple[float, Row]]]:
        """Records by lane, each with the place at which its fruit came onto the belt, in the order of places."""
        found: dict[int, list[tuple[float, Row]]] = {}
        for row in rows:
            rides_mm = -row["encoder_count"] * self._profile.encoder.mm_per_count - self._profile.infeed_mm
            found.setdefault(row["lane"], []).append((rides_mm, row))
        return {lane: sorted(entries, key=lambda entry: entry[0]) for lane, entries in found.items()}

    def _judge(self, wrong: int, without: int, delivered: dict[Outlet, int], pairs: list[tuple[Item, Row]]) -> Verdict:
        true = np.array([item.diameter_mm for item, _ in pairs])
        said = np.array([record["diameter_mm"] for _, record in pairs], np.float64)
        error = said - true
        limits = np.array([boundary.value for boundary in self._pack.limits_of("diameter_mm")])
        same_size = np.searchsorted(limits, true, "right") == np.searchsorted(limits, said, "right")
        same_grade = [record["grade"] == self._true_grade(item) for item, record in pairs]
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
            weight_g=item.volume_mm3 * self._profile.density_g_cm3 / 1000,
            weight_u_g=0.0,
            decay=Decay.SURE if item.visible_rot > ROTTEN else Decay.NONE,
        )
        return decide(truth, self._pack).grade


def _nearest(records: list[tuple[float, Row]], item: Item) -> Row | None:
    """The record of `item`, among those of its lane in the order of their places."""
    at = bisect_left(records, item.rides_mm, key=lambda entry: entry[0])
    near = records[max(at - 1, 0) : at + 1]
    best = min(near, key=lambda entry: abs(entry[0] - item.rides_mm), default=None)
    return best[1] if best and abs(best[0] - item.rides_mm) <= SAME_MM else None
