"""A row of a table of goals, and the table as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan


@dataclass(frozen=True, slots=True)
class Goal:
    """The range in which a value shall lie, both ends inside."""

    low: float = -inf
    high: float = inf

    def met(self, value: float) -> bool:
        """Whether `value` lies in the range; what was not measured does not."""
        return self.low <= value <= self.high

    def text(self, decimals: int) -> str:
        """The range in words."""
        if self.low == self.high:
            return f"{self.low:.{decimals}f}"
        if isfinite(self.low) and isfinite(self.high):
            return f"{self.low:.{decimals}f} to {self.high:.{decimals}f}"
        return f"≥ {self.low:.{decimals}f}" if isfinite(self.low) else f"≤ {self.high:.{decimals}f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure beside its goals."""

    quantity: str
    unit: str
    decimals: int
    n: int
    value: float
    interval: tuple[float, float] | None = None
    """95 %."""
    must: Goal | None = None
    aim: Goal | None = None

    def cells(self) -> list[str]:
        """Text for the columns of `markdown`."""
        value = "none" if isnan(self.value) else f"{self.value:.{self.decimals}f} {self.unit}".strip()
        interval = "" if self.interval is None else "{:.{d}f} to {:.{d}f}".format(*self.interval, d=self.decimals)
        return [self.quantity, str(self.n), value, interval, self._mark(self.must), self._mark(self.aim)]

    def _mark(self, goal: Goal | None) -> str:
        if goal is None:
            return ""
        return f"{goal.text(self.decimals)} {'✓' if goal.met(self.value) else '✗'}"

    def record(self) -> dict[str, object]:
        """The same for JSON; the value unrounded."""
        return {
            "quantity": self.quantity,
            "unit": self.unit,
            "n": self.n,
            "value": None if isnan(self.value) else self.value,
            "interval_95": self.interval,
            "must": None if self.must is None else self.must.text(self.decimals),
            "must_met": None if self.must is None else self.must.met(self.value),
            "aim": None if self.aim is None else self.aim.text(self.decimals),
            "aim_met": None if self.aim is None else self.aim.met(self.value),
        }


HEADINGS = ("quantity", "n", "value", "95 % interval", "must", "aim")


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns padded so that it reads on a terminal too."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [headings, *rows]
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def goals_table(rows: Sequence[Row]) -> str:
    """The Markdown table of `rows`."""
    return markdown(HEADINGS, [row.cells() for row in rows])
