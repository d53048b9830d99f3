"""README shows what the commands wrote last."""

import importlib.util
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


def tool(name: str) -> ModuleType:
    """The script tools/`name`.py as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_figures_is_that_of_docs_figures() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert tool("readme_figures").with_figures(readme) == readme, "run tools/readme_figures.py"


def test_pictures_are_what_the_commands_draw_today(tmp_path: Path) -> None:
    tool("draw_pictures").draw(tmp_path)
    tool("draw_run_layouts").draw(tmp_path)
    drawn = sorted(tmp_path.iterdir())
    # What a browser draws (make screens) is not the same on every machine.
    names = {path.name for path in (ROOT / "docs" / "pictures").iterdir()} - {"touchscreen-run.png"}
    assert [path.name for path in drawn] == sorted(names)
    for path in drawn:
        if path.suffix == ".svg":
            assert path.read_text(encoding="utf-8") == (ROOT / "docs" / "pictures" / path.name).read_text(
                encoding="utf-8"
            )
            continue
        new, shown = cv2.imread(str(path)), cv2.imread(str(ROOT / "docs" / "pictures" / path.name))
        assert new is not None
        assert shown is not None
        assert new.shape == shown.shape
        # A label that says another figure changes hundreds of pixels far; compression changes all of them a little.
        changed = np.abs(new.astype(int) - shown).max(axis=2) > 60
        assert changed.sum() == pytest.approx(0, abs=40), f"{path.name} is stale: run make pictures"
