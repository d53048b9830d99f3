import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.line.overhead import seen_overhead

WINDOW = np.array([-100.0, -50.0, 0.0, 50.0, 100.0])
shares = st.floats(0.2, 1.0)


def redness(middle: float, per_100_mm: float, off_mm: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    return list(middle + per_100_mm * off_mm / 100)


@given(shares, st.floats(-0.08, 0.08), st.floats(-20, 20))
def test_a_fruit_is_as_red_whichever_of_its_views_were_taken(middle: float, slope: float, shift_mm: float) -> None:
    off_mm = WINDOW + shift_mm
    values = np.array(redness(middle, slope, off_mm))
    late, _ = seen_overhead(values[:4], np.full(4, 0.02), off_mm[:4])
    early, _ = seen_overhead(values[1:], np.full(4, 0.02), off_mm[1:])
    assert late == pytest.approx(middle, abs=0.003)
    assert late == pytest.approx(early, abs=0.005)


@given(shares, st.floats(-125, 125))
def test_one_view_alone_is_taken_as_it_is_and_its_slope_is_not_known(share: float, off_mm: float) -> None:
    here, here_u = seen_overhead(np.array([share]), np.array([0.02]), np.array([off_mm]))
    _, middle_u = seen_overhead(np.array([share]), np.array([0.02]), np.array([0.0]))
    assert here == pytest.approx(share)
    assert here_u >= middle_u - 1e-12
    assert middle_u == pytest.approx(0.02)


def test_many_views_leave_what_is_common_to_them() -> None:
    off_mm = np.linspace(-100, 100, 400)
    _, u = seen_overhead(np.full(400, 0.85), np.full(400, 0.02), off_mm)
    assert 0.018 < u < 0.02
