"""Temperature readings of the cold chain: which are beyond what was agreed, and which of very many are told."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from grader.trace.events import Reading

BINS = 24
"""A day's report by the hour; of each bin the coldest and the hottest reading are told, so that no extreme is lost."""


def beyond(readings: Sequence[Reading], lowest_c: Decimal, highest_c: Decimal) -> list[Reading]:
    """Those that are colder or hotter than agreed; both limits are good."""
    return [reading for reading in readings if not lowest_c <= reading.celsius <= highest_c]


def thinned(readings: Sequence[Reading], bins: int = BINS) -> tuple[Reading, ...]:
    """At most two a bin of equal length in time, and the first and last: in the order of time. At least one goes in."""
    ordered = sorted(readings, key=lambda reading: reading.at)
    if len(ordered) <= 2 * bins:
        return tuple(ordered)
    begin, length_s = ordered[0].at, (ordered[-1].at - ordered[0].at).total_seconds() or 1.0
    groups: dict[int, list[Reading]] = {}
    for reading in ordered:
        groups.setdefault(_bin(reading.at, begin, length_s, bins), []).append(reading)
    kept = {0: ordered[0], len(ordered) - 1: ordered[-1]}
    place = {id(reading): number for number, reading in enumerate(ordered)}
    for group in groups.values():
        for extreme in (min, max):
            reading = extreme(group, key=lambda one: one.celsius)
            kept[place[id(reading)]] = reading
    return tuple(reading for _, reading in sorted(kept.items()))


def _bin(at: datetime, begin: datetime, length_s: float, bins: int) -> int:
    return min(bins - 1, int((at - begin).total_seconds() / length_s * bins))
