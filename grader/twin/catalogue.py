"""Fruit drawn once and kept as sprites, so that frames of a running line can be put together fast enough.

Every fruit keeps its lane, its place in it, and its attitude; it is rendered at several places along the window, by the
camera's true perspective and lens. What lies between two places is the nearer sprite, moved (`silhouette.py`).
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import get_context

import cv2
import numpy as np

from grader.twin.entries import CatalogueSettings, Entry, make_entry
from grader.twin.feed import Kind, Specimen
from grader.twin.scenery import Scenery, draw_scenery
from grader.twin.view import View

Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All things that may ride on the twin's belt, as `view` sees them."""

    settings: CatalogueSettings
    view: View
    entries: tuple[Entry, ...]

    @cached_property
    def scenery(self) -> Scenery:
        """Belt and lamps."""
        return draw_scenery(self.settings.seed, self.settings.belt)

    def draw(self, generator: np.random.Generator, lane: int, kind: Kind) -> Specimen:
        """One thing of that kind and lane: a `Draw` for the feed."""
        wanted = self._by_place[lane, kind]
        return wanted[int(generator.integers(len(wanted)))].specimen

    @property
    def references(self) -> list[tuple[int, Specimen]]:
        """The reference pieces with their lanes."""
        return [(entry.lane, entry.specimen) for entry in self.entries if entry.specimen.kind == "reference"]

    @cached_property
    def _by_place(self) -> dict[tuple[int, Kind], list[Entry]]:
        found: dict[tuple[int, Kind], list[Entry]] = {}
        for entry in self.entries:
            found.setdefault((entry.lane, entry.specimen.kind), []).append(entry)
        return found


def build_catalogue(
    settings: CatalogueSettings, view: View, progress: Progress | None = None, processes: int | None = None
) -> Catalogue:
    """Draw and render all of it, on `processes` cores (None: on all); the same settings give the same catalogue.

    More than one process are spawned: a script that calls this needs `if __name__ == "__main__":`.
    """
    total = things_in(settings)
    entries: list[Entry] = []
    for entry in _made(settings, view, min(processes or usable_cores(), total)):
        entries.append(entry)
        if progress is not None:
            progress(len(entries), total)
    return Catalogue(settings, view, tuple(entries))


def things_in(settings: CatalogueSettings) -> int:
    """Fruit, leaves and stones, and the reference pieces: the spheres and one patch."""
    return settings.fruit + settings.things + len(settings.references.sphere_mm) + 1


def usable_cores() -> int:
    """That this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _made(settings: CatalogueSettings, view: View, processes: int) -> Iterator[Entry]:
    make = partial(make_entry, settings, view)
    numbers = range(things_in(settings))
    if processes <= 1:
        yield from map(make, numbers)
        return
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        yield from pool.map(make, numbers)
