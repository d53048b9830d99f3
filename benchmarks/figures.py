"""What every published figure says of itself: command, date, machine, versions; and the files it is written to."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "figures"
PACKAGES = ("strawberry-grader", "numpy", "opencv-python-headless")


def provenance(packages: tuple[str, ...] = PACKAGES) -> dict[str, object]:
    """Where figures measured in this process come from."""
    words = [str(Path(sys.argv[0]).resolve()), *sys.argv[1:]]
    return {
        "command": shlex.join([".venv/bin/python", *(_here(word) for word in words)]),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{_processor()}, {platform.system()}, {platform.machine()}",
        "versions": {"python": platform.python_version()} | {name: version(name) for name in packages},
    }


def publish(name: str, about: Mapping[str, object], title: str, table: str, content: Mapping[str, object]) -> None:
    """Write `name`.json and `name`.md below docs/figures: what the figures are `about`, the `table`, the `content`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = json.dumps({"title": title, **about, **content}, indent=2, ensure_ascii=False, allow_nan=False)
    (FOLDER / f"{name}.json").write_text(record + "\n", encoding="utf-8")
    facts = "\n".join(f"* {key}: {_said(value)}" for key, value in about.items())
    (FOLDER / f"{name}.md").write_text(f"# {title}\n\n{facts}\n\n{table}\n", encoding="utf-8")


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    return str(value)


def _here(word: str) -> str:
    """A path as it is seen from the repository: figures name no folder of the machine they were made on."""
    return os.path.relpath(word, ROOT) if Path(word).is_absolute() else word


def _processor() -> str:
    """The processor's name; on Linux the platform module does not know it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
