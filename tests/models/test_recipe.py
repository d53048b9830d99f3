"""What a plate shows follows from its seed and number alone."""

import numpy as np
import pytest

from models.rendering.recipe import Recipe, draw_recipe


@pytest.fixture(scope="module")
def recipes() -> list[Recipe]:
    return [draw_recipe(1, index) for index in range(3000)]


def test_the_same_number_gives_the_same_plate() -> None:
    assert draw_recipe(7, 123) == draw_recipe(7, 123)


def test_other_numbers_and_other_seeds_give_other_plates() -> None:
    first = draw_recipe(7, 123)
    assert first.distance_mm not in {draw_recipe(7, 124).distance_mm, draw_recipe(8, 123).distance_mm}


def test_parts_of_a_plate_have_chances_of_their_own(recipes: list[Recipe]) -> None:
    one = recipes[5]
    assert one.chance(2).uniform() == one.chance(2).uniform()
    assert one.chance(2).uniform() != one.chance(3).uniform()


def test_four_plates_in_five_show_fruit(recipes: list[Recipe]) -> None:
    assert np.mean([one.kind == "fruit" for one in recipes]) == pytest.approx(0.8, abs=0.03)


def test_there_is_fruit_to_describe_exactly_where_there_is_fruit(recipes: list[Recipe]) -> None:
    assert all((one.main is not None) == (one.kind == "fruit") for one in recipes)


def test_decay_bruises_and_deformities_have_their_shares(recipes: list[Recipe]) -> None:
    fruit = [one.main for one in recipes if one.main is not None]
    assert np.mean([one.decay is not None for one in fruit]) == pytest.approx(0.3, abs=0.04)
    assert np.mean([one.bruise_share > 0 for one in fruit]) == pytest.approx(0.15, abs=0.03)
    assert np.mean([one.deformity is not None for one in fruit]) == pytest.approx(0.1, abs=0.03)


def test_the_camera_stays_where_it_may_be(recipes: list[Recipe]) -> None:
    assert all(300 <= one.distance_mm <= 900 and 0 <= one.lean_deg <= 25 for one in recipes)
