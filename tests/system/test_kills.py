"""Twenty processes of the running station are killed at random times, and the books are right all the same."""

import json
from pathlib import Path

import pytest

from benchmarks.kills import VICTIMS, books_are_right, killed_run

IN_PIXELS = ()
WITHOUT_OPTICS = ("--depth", "sightings")


@pytest.mark.parametrize(
    ("seed", "options", "victims"),
    [(8, IN_PIXELS, VICTIMS), (23, WITHOUT_OPTICS, ("ejection", "line", "supervisor"))],
    ids=["in_pixels", "without_optics"],
)
def test_whatever_is_killed_no_fruit_is_unrecorded_in_a_tray_and_the_balance_holds(
    tmp_path: Path, seed: int, options: tuple[str, ...], victims: tuple[str, ...]
) -> None:
    said = killed_run(tmp_path, seed, 10, victims, options)
    assert said["killed"].total() == 10
    assert said["fruit"] > 20
    assert books_are_right(said), json.dumps({**said, "killed": dict(said["killed"])})
