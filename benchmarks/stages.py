"""Time each stage of `measure` alone, on what the whole hands it for one frame; run by pytest-benchmark (`make bench`).

The stages' arguments are recorded while `measure` runs once, so that this file need not know how they are made.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from grader.twin.cameras import station
from grader.twin.scene import SceneSettings, render_scene
from grader.vision import Calibration, axis, belt_guess, colour, edges, maturity, objects, pipeline, size, volume
from grader.vision.belt_colour import learn_belt_colour

SEED = 5
SETTINGS = SceneSettings(fruit=12, touching=0.3, blur_px=1.0)
STAGES: dict[str, tuple[ModuleType, ...]] = {
    "guess_belt_colour": (belt_guess,),
    "classify": (colour, objects),
    "find_objects": (objects, pipeline),
    "split_flesh": (objects,),
    "find_edges": (edges, pipeline),
    "count_pixels": (pipeline,),
    "point_away": (axis, pipeline),
    "measure_widths": (size, pipeline),
    "measure_maturity": (maturity, pipeline),
    "estimate_diameter": (volume, pipeline),
    "estimate_volume": (volume, pipeline),
}
"""Each stage's function, and the modules that call it by name."""

Frame = NDArray[np.uint8]


@pytest.fixture(scope="module")
def scene() -> tuple[Frame, Calibration]:
    """A frame of the twin's station and what the station knows."""
    cv2.setNumThreads(1)
    view = station()
    empty = render_scene(np.random.default_rng(SEED), view.camera, view.belt, SceneSettings(fruit=0))
    frame = render_scene(np.random.default_rng(SEED + 1), view.camera, view.belt, SETTINGS).frame_bgr
    belt_colour = learn_belt_colour(empty.frame_bgr)
    return frame, Calibration(view.camera, view.belt, belt_colour, 0.0, plain_scale=False, hash="twin")


def recorded(
    monkeypatch: pytest.MonkeyPatch, stage: str, run: Callable[[], object]
) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
    """The stage's function and the arguments of its first call while `run` runs; None if it is never called."""
    calls = []
    for module in STAGES[stage]:
        function = getattr(module, stage)

        def listen(*arguments: Any, _function: Callable[..., Any] = function) -> Any:  # noqa: ANN401 - any stage's own types
            calls.append((_function, arguments))
            return _function(*arguments)

        monkeypatch.setattr(module, stage, listen)
    run()
    monkeypatch.undo()
    return calls[0] if calls else None


@pytest.mark.parametrize("stage", STAGES)
def test_stage(
    stage: str, scene: tuple[Frame, Calibration], benchmark: BenchmarkFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stage."""
    frame, calibration = scene
    if stage == "guess_belt_colour":
        benchmark(belt_guess.guess_belt_colour, frame)
        return
    call = recorded(monkeypatch, stage, lambda: pipeline.measure(frame, calibration))
    if call is None:
        pytest.skip("this frame does not need it")
    function, arguments = call
    benchmark(function, *arguments)


def test_whole(scene: tuple[Frame, Calibration], benchmark: BenchmarkFixture) -> None:
    """All of them."""
    benchmark(pipeline.measure, *scene)
