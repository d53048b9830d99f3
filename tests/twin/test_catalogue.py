"""The catalogue: the same each time, kept on disk, made anew when it is damaged, and true to full pictures."""

import ast
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import grader.twin
from grader.twin.catalogue import Catalogue, build_catalogue, things_in
from grader.twin.entries import CatalogueSettings, places_mm
from grader.twin.feed import Feed, FeedSettings, Item, reach_mm
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.kept import RENDERS, kept_catalogue
from grader.vision import Calibration, WhyNot, measure

LITTLE = CatalogueSettings(fruit=2, things=1, lanes_mm=(20.0,), spacing_mm=200)


def same(one: Catalogue, other: Catalogue) -> bool:
    pairs = list(zip(one.entries, other.entries, strict=True))
    return all(
        a.specimen == b.specimen
        and np.array_equal(a.axes_mm, b.axes_mm)
        and all(
            p.corner == q.corner
            and p.shade_corner == q.shade_corner
            and all(np.array_equal(getattr(p, name), getattr(q, name)) for name in ("light", "cover", "shade"))
            for p, q in zip(a.patches, b.patches, strict=True)
        )
        for a, b in pairs
        if a.specimen.kind == "fruit"  # what is no fruit has no red share: NaN, which equals nothing
    )


@pytest.fixture(scope="module")
def little(catalogue: Catalogue) -> Catalogue:
    return build_catalogue(LITTLE, catalogue.view, processes=1)


def test_other_processes_make_the_same_catalogue_and_say_how_far_they_are(little: Catalogue) -> None:
    said: list[tuple[int, int]] = []
    again = build_catalogue(LITTLE, little.view, lambda done, total: said.append((done, total)), processes=2)
    assert same(little, again)
    assert said == [(done, things_in(LITTLE)) for done in range(1, things_in(LITTLE) + 1)]


def test_it_is_kept_and_read_as_it_was(little: Catalogue, tmp_path: Path) -> None:
    first = kept_catalogue(LITTLE, little.view, tmp_path, processes=1)
    (path,) = tmp_path.iterdir()
    written = path.stat().st_mtime_ns
    second = kept_catalogue(LITTLE, little.view, tmp_path, lambda *_: pytest.fail("it was built again"))
    assert same(little, first)
    assert same(first, second)
    assert path.stat().st_mtime_ns != written  # touched, not written: it was used


@pytest.mark.parametrize("damage", ["flipped", "short", "empty"])
def test_a_damaged_catalogue_is_made_anew(little: Catalogue, tmp_path: Path, damage: str) -> None:
    kept_catalogue(LITTLE, little.view, tmp_path, processes=1)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "short": whole[:middle],
        "empty": b"",
    }
    path.write_bytes(damaged[damage])
    assert same(little, kept_catalogue(LITTLE, little.view, tmp_path, processes=1))
    assert path.read_bytes() != damaged[damage]
    assert len(list(tmp_path.iterdir())) == 1


def test_other_settings_are_kept_apart(little: Catalogue, tmp_path: Path) -> None:
    for seed in (1, 2):
        kept_catalogue(LITTLE.model_copy(update={"seed": seed, "fruit": 1, "things": 0}), little.view, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_to_only_costs_time(little: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert same(little, kept_catalogue(LITTLE, little.view, tmp_path / "file" / "under", processes=1))


def test_the_key_covers_every_module_that_renders() -> None:
    folder = Path(grader.twin.__file__).parent

    def imported(module: str) -> set[str]:
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        return {name.removeprefix("grader.twin.") for name in names if name.startswith("grader.twin.")}

    found, ahead = {"entries"}, {"entries"}
    while ahead:
        ahead = {other for module in ahead - {"feed"} for other in imported(module)} - found
        found |= ahead
    assert found - {"feed"} == set(RENDERS)


def test_a_moved_sprite_is_as_wide_as_a_fruit_rendered_there(catalogue: Catalogue, calibration: Calibration) -> None:
    """The nearer of two sprites 60 mm apart, against one at the very place (benchmarks/twin_frames.py has more)."""
    settings = CatalogueSettings(fruit=4, things=0, spacing_mm=30)
    fine = build_catalogue(settings, catalogue.view, processes=1)
    coarse = Catalogue(settings, fine.view, tuple(replace(e, patches=e.patches[::2]) for e in fine.entries))
    still = FrameSettings(lamp_drift=0)
    here, moved = FrameMaker(fine, still), FrameMaker(coarse, still)
    off_mm = []
    for along_mm in places_mm(settings, fine.view)[1::2]:
        if abs(along_mm) < 115:
            placed = [(_item(entry.specimen.look or 0, fine), float(along_mm)) for entry in fine.entries]
            one, other = (measure(maker.frame(placed, 5), calibration) for maker in (here, moved))
            both = (one.why_not == WhyNot.NOTHING) & (other.why_not == WhyNot.NOTHING)
            off_mm += list((other.diameter_mm - one.diameter_mm)[both])
    assert len(off_mm) >= 8
    assert np.std(off_mm) < 0.15  # at half the station's resolution; 0.05 at the whole


def test_a_feed_from_the_catalogue_lays_the_same_things_for_the_same_seed(catalogue: Catalogue) -> None:
    def laid(seed: int) -> list[Item]:
        settings = FeedSettings(fruit_per_s=30, foreign=0.2, doubles=0.3)
        feed = Feed(seed, settings, catalogue.settings.lanes_mm, 300.0, catalogue.draw)
        return [item for until_mm in range(0, 3000, 250) for item in feed.lay(until_mm)]

    items = laid(7)
    assert {item.kind for item in items} == {"fruit", "leaf", "stone"}
    assert [(i.number, i.look, i.rides_mm, i.across_mm) for i in items] == [
        (i.number, i.look, i.rides_mm, i.across_mm) for i in laid(7)
    ]
    assert [item.look for item in items] != [item.look for item in laid(8)]
    for item in items:
        entry = catalogue.entries[item.look or 0]
        assert (entry.lane, entry.specimen.diameter_mm) == (item.lane, item.diameter_mm)


def test_things_in_a_lane_do_not_lie_in_one_another(catalogue: Catalogue) -> None:
    settings = FeedSettings(fruit_per_s=200, foreign=0.2, doubles=0.3)
    feed = Feed(3, settings, catalogue.settings.lanes_mm, 300.0, catalogue.draw)
    laid = feed.lay(5000)
    for lane in range(4):
        items = [item for item in laid if item.lane == lane]
        assert len(items) > 40
        for ahead, behind in pairwise(items):
            way = np.array([ahead.rides_mm - behind.rides_mm, ahead.across_mm - behind.across_mm])
            turn = float(np.arctan2(way[1], way[0]))
            assert np.hypot(*way) > reach_mm(behind, turn) + reach_mm(ahead, turn + np.pi) - 4


def _item(look: int, catalogue: Catalogue) -> Item:
    entry = catalogue.entries[look]
    drawn = entry.specimen
    across_mm = catalogue.settings.lanes_mm[entry.lane] + drawn.off_lane_mm
    sizes = (drawn.diameter_mm, drawn.width_mm, drawn.length_mm, drawn.volume_mm3)
    return Item(look + 1, drawn.kind, entry.lane, 0.0, across_mm, *sizes, drawn.visible_red, drawn.yaw, look)
