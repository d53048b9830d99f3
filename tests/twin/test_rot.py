"""Rotten spots and deformed fruit: in the picture and in the truth, and no other fruit changes for them."""

import numpy as np

from grader.twin.cameras import station
from grader.twin.feed import numbers_drawn
from grader.twin.fruit import Lot, draw_fruit
from grader.twin.scenery import draw_scenery
from grader.twin.skin import Ripeness
from grader.twin.sprite import ROT, render
from grader.twin.variety import Variety

SOUND = Ripeness(rotten=0.0)
ROTTEN = Ripeness(rotten=1.0)


def test_a_rotten_spot_is_seen_where_it_sits_and_nowhere_else() -> None:
    light = draw_scenery(1, "blue").light
    shares = []
    for number in range(8):
        sound, rotten = (
            render(
                draw_fruit(np.random.default_rng([3, number]), Lot(ripeness=ripeness)),
                station(),
                light,
                np.zeros((0, 4)),
            )
            for ripeness in (SOUND, ROTTEN)
        )
        assert not (sound.classes == ROT).any()
        assert np.array_equal(sound.cover, rotten.cover)
        spot = rotten.classes == ROT
        shares.append(spot.mean())
        away = np.abs(sound.light - rotten.light).max(axis=2) < 1e-6
        assert away.mean() > 0.3
        if spot.sum() > 20:
            assert rotten.light[spot].mean(axis=0)[2] < sound.light[spot].mean(axis=0)[2] + 0.2
    assert max(shares) > 0.05
    assert min(shares) < 0.01  # that spot sits below: the camera sees its rim at most


def test_deformed_fruit_are_as_many_as_the_lot_says_and_the_others_do_not_change() -> None:
    none, some = (
        [
            draw(np.random.default_rng([4, number]), 0, "fruit")
            for number in range(600)
        ]
        for draw in (numbers_drawn(Lot(variety=Variety(deformed=share))) for share in (0.0, 0.1))
    )  # fmt: skip
    deformed = [fruit.deformed for fruit in some]
    assert 0.06 < np.mean(deformed) < 0.14
    assert not any(fruit.deformed for fruit in none)
    assert all(one == other for one, other in zip(none, some, strict=True) if not other.deformed)


def test_rot_is_in_the_truth_of_fruit_without_a_look() -> None:
    draw = numbers_drawn(Lot(ripeness=Ripeness(rotten=0.2)))
    rot = np.array([draw(np.random.default_rng([6, number]), 0, "fruit").visible_rot for number in range(1500)])
    assert 0.06 < np.mean(rot > 0) < 0.14
    assert rot.max() < 0.3
