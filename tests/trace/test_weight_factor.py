"""Weighed trays correct the estimates of their lot, by as much as they are worth, and nothing that is on record."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from grader.store import reading
from grader.store.books import BOOKS
from grader.trace.desk import trays
from grader.trace.desk.logbook import audit
from grader.trace.desk.sums import balance_of, settlement
from grader.trace.desk.weighing import weigh_tray
from grader.trace.errors import AgainstRulesError, NoSuchThingError
from grader.trace.rules.factor import OnTheScale, factor_of
from grader.trace.settings import TraceSettings
from tests.trace.counter import Counter, close_counter, open_counter

SETTINGS = TraceSettings(weight_common_u=0.05, tray_scale_u_g=5.0, weight_tray_u=0.01)


def tray(net_g: float, fruit: int = 100, mean_g: float = 20.0, weighed: int | None = None) -> OnTheScale:
    weighed = fruit if weighed is None else weighed
    return OnTheScale(net_g, fruit, weighed, weighed * mean_g, weighed * 1.4**2)


def test_without_a_weighed_tray_estimates_stay_as_uncertain_as_they_were() -> None:
    found = factor_of([], SETTINGS)
    assert (found.factor, found.u, found.trays) == (1.0, 0.05, 0)


def test_many_trays_are_believed_and_one_a_little_less() -> None:
    one, many = factor_of([tray(2200)], SETTINGS), factor_of([tray(2200)] * 20, SETTINGS)
    assert 1.09 < one.factor < many.factor < 1.1
    assert many.u < one.u < SETTINGS.weight_common_u
    assert one.u == pytest.approx(0.0123, abs=0.002)


def test_fruit_without_an_estimate_count_as_the_others() -> None:
    assert factor_of([tray(2000, weighed=80)] * 50, SETTINGS).factor == pytest.approx(1.0, abs=1e-6)


def test_a_tray_none_of_whose_fruit_have_an_estimate_says_nothing() -> None:
    assert factor_of([tray(2000, weighed=0)], SETTINGS).trays == 0


def test_a_forgotten_tare_is_surprising_and_a_heavy_variety_is_not() -> None:
    assert factor_of([tray(2600)], SETTINGS).surprising
    assert not factor_of([tray(2180)], SETTINGS).surprising


def test_19_of_20_lots_are_within_twice_the_uncertainty() -> None:
    chance = np.random.default_rng(7)
    within = 0
    for _ in range(2000):
        truth = 1 + SETTINGS.weight_common_u * chance.standard_normal()
        scales = []
        for _ in range(3):
            estimates = 20 + chance.standard_normal(60)
            grown = estimates + 1.4 * chance.standard_normal(60)
            one = truth * (1 + SETTINGS.weight_tray_u * chance.standard_normal())
            net_g = one * grown.sum() + SETTINGS.tray_scale_u_g * chance.standard_normal()
            scales.append(OnTheScale(net_g, 60, 60, estimates.sum(), 60 * 1.4**2))
        found = factor_of(scales, SETTINGS)
        within += abs(found.factor - truth) <= 2 * found.u
    assert 0.94 <= within / 2000 <= 0.965


@pytest.fixture
def packed(tmp_path: Path) -> Iterator[Counter]:
    """Lot A of 1.8 kg: 40 Super in tray 1 and 40 more in the next; 20 g each, they say."""
    counter = open_counter(tmp_path)
    counter.receive("A", received_kg=Decimal("1.800"))
    counter.feed("A")
    for _ in range(2):
        counter.line.send("super", 40)
        counter.line.swap("super")
    counter.follow()
    yield counter
    close_counter(counter)


def test_balance_and_settlement_are_corrected_and_what_is_on_record_is_not(packed: Counter) -> None:
    records = "SELECT fruit, weight_g, weight_u_g FROM fruit ORDER BY fruit"
    with reading(packed.desk.books.path, BOOKS) as books:
        fruit = books.exec_driver_sql(records).fetchall()
        before = balance_of(books, "A", packed.desk.settings)
    weigh_tray(packed.desk, 1, 900, "bench scale", "Li")
    with reading(packed.desk.books.path, BOOKS) as books:
        after = balance_of(books, "A", packed.desk.settings)
        settled = settlement(books, "G1", 0, 2**62, packed.desk.settings)
        assert books.exec_driver_sql(records).fetchall() == fruit
    assert before.kg["super"] == pytest.approx(1.6)
    assert after.factor.factor == pytest.approx(1.12, abs=0.01)
    assert after.kg["super"] == pytest.approx(1.6 * after.factor.factor)
    assert after.u_kg < before.u_kg
    (delivered,) = settled["delivered"]
    assert delivered["estimated_kg"] == pytest.approx(1.6 * after.factor.factor)
    assert delivered["shared_u_kg"] == pytest.approx(1.6 * after.factor.u)
    assert settled["lots"][0]["trays_weighed"] == 1


def test_weighed_again_the_last_time_counts_and_all_are_in_the_log(packed: Counter) -> None:
    audit(packed.desk)
    for net_g in (500, 800):
        weigh_tray(packed.desk, 1, net_g, "bench scale", "Li")
    assert audit(packed.desk) == 2
    assert factor_in_the_books(packed) == pytest.approx(1.0)


def test_a_tray_that_got_other_fruit_since_it_was_weighed_says_nothing(packed: Counter) -> None:
    weigh_tray(packed.desk, 1, 900, "bench scale", "Li")
    trays.merge(packed.desk, other_tray(packed), 1, "Li", "half full")
    assert factor_in_the_books(packed) == 1.0


def test_only_a_closed_tray_without_doubt_is_weighed(packed: Counter) -> None:
    with pytest.raises(NoSuchThingError):
        weigh_tray(packed.desk, 999, 900, "bench scale", "Li")
    with pytest.raises(AgainstRulesError, match="close it"):
        weigh_tray(packed.desk, packed.line.standing["super"], 900, "bench scale", "Li")
    with pytest.raises(AgainstRulesError, match="no weight"):
        weigh_tray(packed.desk, 1, 0, "bench scale", "Li")
    trays.recount(packed.desk, 1, 39, "Li", "one fell")
    with pytest.raises(AgainstRulesError, match="another number"):
        weigh_tray(packed.desk, 1, 900, "bench scale", "Li")


def other_tray(packed: Counter) -> int:
    """The second of lot A's."""
    with reading(packed.desk.books.path, BOOKS) as books:
        found = books.exec_driver_sql("SELECT max(tray) FROM fruit WHERE tray IS NOT NULL").scalar_one()
    return int(found)


def factor_in_the_books(packed: Counter) -> float:
    with reading(packed.desk.books.path, BOOKS) as books:
        return balance_of(books, "A", packed.desk.settings).factor.factor
