"""Any event that the station may write, for property tests and for the ten thousand of the benchmark."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from grader.trace.events import (
    ColdChain,
    Happening,
    Held,
    LotShare,
    Packed,
    Reading,
    Recalled,
    Received,
    Released,
    Sampled,
    Things,
)
from grader.trace.evidence.commitment import commit
from grader.trace.identity import DEMO_PREFIX, Gtin, TrayIdentity
from grader.trace.identity.characters import CSET_82, OURS

Event = dict[str, Any]
Validators = tuple[Callable[[Event], None], Callable[[Event], None]]
"""Two implementations of JSON Schema, on the official schema of EPCIS."""

CHINA = timezone(timedelta(hours=8))
CODES = st.text(sorted(OURS), min_size=1, max_size=20)
GS1_TEXTS = st.text(sorted(CSET_82), min_size=1, max_size=20)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
ZONES = [UTC, CHINA, timezone(timedelta(hours=-9.5))]
TIMES = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the zone is drawn
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from(ZONES),
)
KG = st.decimals(Decimal("0.001"), Decimal(99_999), places=3)
CELSIUS = st.decimals(Decimal(-30), Decimal(50), places=1)
SHARES = st.builds(LotShare, CODES, KG)
NUMBERED = st.builds(
    lambda item, batch, serial: TrayIdentity(Gtin.of_company(DEMO_PREFIX, item), batch, serial),
    st.integers(0, 99_999), GS1_TEXTS, GS1_TEXTS,
)  # fmt: skip
TRAYS = NUMBERED | st.builds(TrayIdentity, st.none(), CODES, CODES)


def distinct_shares(least: int) -> st.SearchStrategy[tuple[LotShare, ...]]:
    return st.lists(SHARES, min_size=least, max_size=3, unique_by=lambda share: share.lot).map(tuple)


def distinct_trays(least: int) -> st.SearchStrategy[tuple[TrayIdentity, ...]]:
    key = lambda tray: (tray.gtin, tray.serial, None if tray.gtin else tray.batch)  # noqa: E731 - one line, used once
    return st.lists(TRAYS, min_size=least, max_size=5, unique_by=key).map(tuple)


PERSONS = st.builds(commit, WORDS, st.binary(min_size=16, max_size=16))
THINGS = st.builds(Things, distinct_trays(1), distinct_shares(0)) | st.builds(Things, st.just(()), distinct_shares(1))
READINGS = st.lists(st.builds(Reading, TIMES, CELSIUS), min_size=1, max_size=4).map(tuple)
MADE_BY = st.dictionaries(st.sampled_from(["rulePack", "calibration", "model", "software"]), CODES, min_size=1)
HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    st.builds(Received, SHARES, PERSONS, WORDS, WORDS, TIMES, st.none() | TIMES, st.none() | CELSIUS),
    st.builds(
        Packed,
        distinct_shares(1),
        distinct_trays(1),
        WORDS,
        st.none() | st.dates(date(2020, 1, 1), date(2090, 1, 1)),
        MADE_BY,
    ),
    st.builds(Sampled, THINGS, CODES, WORDS),
    st.builds(Held, THINGS, WORDS),
    st.builds(Released, THINGS, WORDS),
    st.builds(Recalled, THINGS, WORDS),
    st.builds(ColdChain, THINGS, CODES, READINGS, st.just(Decimal(4)), st.just(Decimal(6))),
)
