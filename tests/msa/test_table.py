"""The form of a field trial is read as people fill it in, or refused with the line."""

import numpy as np
import pytest

from grader.msa import StudyError, against_reference, read_study, same_grade_again

FORM = """fruit,lane,pass,diameter_mm,diameter_u_mm,grade,caliper_mm
a,1,1,35.1,0.3,super,35.0
a,1,2,34.9,0.3,I,
b,1,1,28.0,0.2,II,28.9
b,1,2,28.2,0.2,II,28.9
"""


def test_a_form_becomes_readings_by_fruit_lane_and_pass() -> None:
    study = read_study(FORM)
    assert study.fruit == ("a", "b")
    assert study.whole("diameter_mm").tolist() == [[[35.1, 34.9]], [[28.0, 28.2]]]
    caliper_mm = study.of_fruit("caliper_mm")
    assert caliper_mm is not None
    assert caliper_mm.tolist() == [35.0, 28.9]
    assert study.of_fruit("scale_g") is None


def test_readings_are_held_against_the_caliper() -> None:
    study = read_study(FORM)
    against = against_reference(
        study.whole("diameter_mm"), study.figures["diameter_u_mm"], np.array([35.0, 28.9]), reference_u=0.05
    )
    assert against is not None
    assert against.bias == pytest.approx((0.1 - 0.1 - 0.9 - 0.7) / 4)
    assert against.bias_u == pytest.approx(0.4)
    assert against.coverage == 0.5
    assert (against.readings, against.fruit) == (4, 2)


def test_the_same_grade_again_counts_pairs_of_passes() -> None:
    study = read_study(FORM)
    assert study.grade is not None
    agreement = same_grade_again(study.grade)
    assert (agreement.pairs, agreement.same) == (2, 0.5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("fruit,lane", "fruit,track"), "lacks lane"),
        (("caliper_mm", "calliper"), "unknown column 'calliper'"),
        (("34.9", "wide"), "line 3: 'wide' is no diameter_mm"),
        (("34.9", "-1"), "line 3: '-1' is no diameter_mm"),
        (("a,1,2", "a,1,1"), "line 3 says again what line 2 said"),
        (("a,1,2", ",1,2"), "line 3 does not say its fruit"),
    ],
)
def test_a_wrong_form_is_refused_with_the_line(change: tuple[str, str], sentence: str) -> None:
    with pytest.raises(StudyError, match=sentence):
        read_study(FORM.replace(*change))


def test_a_gap_is_named_where_all_is_needed() -> None:
    with pytest.raises(StudyError, match="fruit a on lane 1 in pass 2"):
        read_study(FORM.replace("34.9", "")).whole("diameter_mm")


def test_a_fruit_has_one_caliper_reading() -> None:
    with pytest.raises(StudyError, match="fruit b has two values of caliper_mm"):
        read_study(FORM.replace("28.2,0.2,II,28.9", "28.2,0.2,II,29.9")).of_fruit("caliper_mm")


def test_an_empty_form_is_refused() -> None:
    with pytest.raises(StudyError, match="no readings"):
        read_study("fruit,lane,pass\n")
