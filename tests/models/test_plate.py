"""A plate's mask and truth agree with each other and with its recipe; no renderer is needed for them."""

import numpy as np
import pytest

from models.rendering.plate import Plate, compose
from models.rendering.recipe import draw_recipe


@pytest.fixture(scope="module")
def plates() -> list[Plate]:
    return [compose(draw_recipe(3, index)) for index in range(14)]


def test_the_same_recipe_gives_the_same_plate(plates: list[Plate]) -> None:
    again = compose(plates[0].recipe)
    assert (again.mask == plates[0].mask).all()
    assert (again.mesh.colour == plates[0].mesh.colour).all()
    assert again.truth == plates[0].truth


def test_shares_of_the_flesh_add_up(plates: list[Plate]) -> None:
    for plate in plates:
        if plate.truth["kind"] == "fruit":
            shares = [plate.truth[name] for name in ("red", "pale", "decay", "bruise")]
            assert sum(shares) == pytest.approx(1, abs=0.001)


def test_a_mask_knows_only_the_objects_that_the_truth_names(plates: list[Plate]) -> None:
    for plate in plates:
        assert set(np.unique(plate.mask[..., 1]).tolist()) - {0} <= {int(nth) for nth in plate.truth["objects"]}
        assert (plate.mask[..., 0][plate.mask[..., 1] == 0] == 0).all()


def test_what_is_no_fruit_has_no_axis_and_no_flesh(plates: list[Plate]) -> None:
    others = [plate for plate in plates if plate.truth["kind"] != "fruit"]
    assert others
    for plate in others:
        assert plate.truth["axis_deg"] is None
        assert not np.isin(plate.mask[..., 0][plate.mask[..., 1] == 1], (1, 2, 4, 5)).any()


def test_the_main_fruit_lies_near_the_middle_and_in_the_picture(plates: list[Plate]) -> None:
    for plate in plates:
        if plate.truth["kind"] == "fruit":
            rows, columns = np.nonzero(plate.mask[..., 1] == 1)
            assert 50 < rows.mean() < 110
            assert 50 < columns.mean() < 110
            extent = max(np.ptp(rows), np.ptp(columns)) + 1
            assert extent <= 0.78 * 160


def test_the_axis_points_from_the_calyx_to_the_apex(plates: list[Plate]) -> None:
    for plate in plates:
        truth = plate.truth
        if truth["kind"] == "fruit" and truth["calyx"] and truth["axis_slant"] > 0.8 and truth["hidden"] < 0.2:
            own = plate.mask[..., 1] == 1
            calyx = np.argwhere(own & (plate.mask[..., 0] == 3)).mean(axis=0)[::-1]
            flesh = np.argwhere(own & (plate.mask[..., 0] != 3)).mean(axis=0)[::-1]
            angle = np.radians(truth["axis_deg"])
            assert (flesh - calyx) @ np.array([np.cos(angle), np.sin(angle)]) > 0
