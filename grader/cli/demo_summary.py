"""What a demonstration ends with: the journal's figures held against the simulated machine's truth."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.grading import RulePack
from grader.line.profile import StationProfile
from grader.store import RunStarted, balance, decided, fruit_of_run, last_run, reading
from grader.twin.audit import Audit
from grader.twin.plant import Whereabouts

DECIDES = ("fruit", "lane", "encoder_count", "views", "decided_outlet", "outlet", "grade", "diverted", "reason_code")
"""Fields of a fruit's record that make a decision, beside its published figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What the running line counted of itself."""

    seconds: float
    """Of running belt."""
    latencies_s: list[float]
    """From the exposure of the last sighting used to the durable record."""
    frames_seen: int
    frames_dropped: int
    late: int
    on_record: bool = True
    """Whether the end of the run is in the journal."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All of it; the field names are those of the command's JSON."""

    seconds: float
    fruit: int
    fruit_per_s: float
    per_outlet: dict[str, dict[str, int]]
    recheck: int
    wrong_delivery: int
    late: int
    lost: int
    unconfirmed: int
    in_flight: int
    balance: bool
    diameter_error_mm: dict[str, float | None]
    size_grade_agreement: float | None
    whole_grade_agreement: float | None
    latency_ms: dict[str, float | None]
    frames: dict[str, int]
    decisions_sha256: str
    hashes: dict[str, str]

    def json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def text(self) -> str:
        """For people."""
        outlets = [
            f"  {outlet:<11}{counts['decided']:>7} decided{counts['delivered']:>7} delivered"
            for outlet, counts in self.per_outlet.items()
        ]
        error, latency = self.diameter_error_mm, self.latency_ms
        said = (
            f"{self.fruit} fruit in {self.seconds:.0f} s of running belt ({self.fruit_per_s:.1f} a second)",
            *outlets,
            f"  recheck    {self.recheck:>7}",
            f"In a wrong tray {self.wrong_delivery}, too late {self.late}, unconfirmed {self.unconfirmed}",
            f"Lost {self.lost}; the balance {'holds' if self.balance else 'DOES NOT HOLD'}",
            f"Diameter against the truth: 95 % within {_said(error['p95'], 2)} mm",
            f"Same size grade {_percent(self.size_grade_agreement)}, whole {_percent(self.whole_grade_agreement)}",
            f"From exposure to record: median {_said(latency['p50'], 0)} ms, 99 % in {_said(latency['p99'], 0)} ms",
            f"Decisions: sha256 {self.decisions_sha256}",
        )
        return "\n".join(said)


def summarise(
    path: Path, run: RunStarted, profile: StationProfile, pack: RulePack, where: Whereabouts, performance: Performance
) -> Summary:
    """Of `run` and all later runs in the journal `path`, with everything lying `where` it truly does.

    There are later ones only where the line died and was started again.
    """
    with reading(path) as connection:
        runs = range(run.run, last_run(connection) + 1)
        balances = [balance(connection, number) for number in runs]
        by_outlet = sum((Counter(decided(connection, number)) for number in runs), Counter[str]())
        rows = [row for number in runs for row in fruit_of_run(connection, number)]
    delivered = sum((Counter(each.delivered) for each in balances), Counter[str]())
    recorded, recheck, unconfirmed, in_flight = (
        sum(getattr(each, name) for each in balances) for name in ("recorded", "recheck", "unconfirmed", "in_flight")
    )
    verdict = Audit(profile, pack).verdict(rows, where)
    per_outlet = {
        ejector.outlet.value: {
            "decided": by_outlet[ejector.outlet.value],
            "delivered": delivered[ejector.outlet.value],
            "found": verdict.delivered[ejector.outlet],
        }
        for ejector in profile.ejectors
    }
    return Summary(
        seconds=round(performance.seconds, 3),
        fruit=recorded,
        fruit_per_s=round(recorded / performance.seconds, 3) if performance.seconds else 0.0,
        per_outlet=per_outlet,
        recheck=recheck,
        wrong_delivery=verdict.wrong_delivery,
        late=performance.late,
        lost=recorded - delivered.total() - recheck - unconfirmed - in_flight,
        unconfirmed=unconfirmed,
        in_flight=in_flight,
        balance=all(each.balanced for each in balances),
        diameter_error_mm={
            "bias": _figure(verdict.bias_mm),
            "sd": _figure(verdict.sd_mm),
            "p95": _figure(verdict.p95_mm),
        },
        size_grade_agreement=_figure(verdict.size_grade_agreement),
        whole_grade_agreement=_figure(verdict.whole_grade_agreement),
        latency_ms=_latency_ms(performance.latencies_s),
        frames={"seen": performance.frames_seen, "dropped": performance.frames_dropped},
        decisions_sha256=_digest(rows),
        hashes={
            "software": run.software_version,
            "model": run.model_sha256,
            "rule_pack": run.rule_pack_sha256,
            "calibration": run.calibration_sha256,
        },
    )


def _digest(rows: list[dict[str, Any]]) -> str:
    """Over what was decided, in the order of the records."""
    digest = hashlib.sha256()
    for row in rows:
        figures = [None if row[name] is None else round(row[name], 3) for name in ("diameter_mm", "maturity", "margin")]
        digest.update(json.dumps([*(row[name] for name in DECIDES), *figures]).encode())
    return digest.hexdigest()


def _latency_ms(latencies_s: list[float]) -> dict[str, float | None]:
    if not latencies_s:
        return {"p50": None, "p99": None, "p999": None}
    p50, p99, p999 = np.percentile(np.array(latencies_s) * 1000, [50, 99, 99.9])
    return {"p50": round(float(p50), 2), "p99": round(float(p99), 2), "p999": round(float(p999), 2)}


def _figure(value: float) -> float | None:
    """Nothing was measured: JSON knows no NaN."""
    return None if np.isnan(value) else round(value, 4)


def _said(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
