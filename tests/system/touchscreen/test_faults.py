"""A camera that stalls, a disk that is full: the page says what is so and what to do, and is well again afterwards."""

# Chinese is written with full-width punctuation:
# ruff: noqa: RUF001

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cli.demo_books import PIN
from grader.store import DiskFullError
from tests.system.touchscreen.conftest import SIZES
from tests.system.touchscreen.looking import looks_right
from tests.system.touchscreen.small_station import Camera, SmallStation
from tests.system.touchscreen.test_tasks import enter_pin, said

Open = Callable[..., Any]
BOTH = pytest.mark.parametrize(("size", "language"), [(size, language) for size in SIZES for language in ("en", "zh")])
CAMERA = {
    "cause": {"en": "The camera sends no pictures.", "zh": "相机没有画面。"},
    "action": {"en": "plug in, wait for the live picture", "zh": "插紧相机插头"},
    "old": {"en": "Old picture", "zh": "画面已过时"},
    "young": {"en": "tap a fruit", "zh": "点按果实"},
    "held": {"en": "Held", "zh": "已保持"},
}
DISK = {
    "cause": {"en": "The disk is full: no fruit can be recorded, so none is sorted.", "zh": "磁盘已满：无法记录果实"},
    "action": {"en": "Call the technician to make room.", "zh": "请技术员腾出空间。"},
    "refused": {"en": "disk is full: nothing can be put on record", "zh": "分级站的磁盘已满"},
    "stopped": {"en": "The belt stops now.", "zh": "皮带立即停止。"},
    "held": {"en": "Held", "zh": "已保持"},
    "voided": {"en": "voided", "zh": "已作废"},
}
SMALL_DISK = "size=24m"
MORE_THAN_FITS = 1_000


@BOTH
def test_a_stalled_camera_holds_the_machine_and_its_last_picture_is_called_old(
    screen: Open, station: SmallStation, size: str, language: str
) -> None:
    words = {name: both[language] for name, both in CAMERA.items()}
    page = screen("run", size, language)
    camera = Camera(station)
    try:
        said(page, ".age", words["young"])
    finally:
        camera.stall()
    station.window.alarm("camera_stalled")
    said(page, "header .cause", words["cause"])
    said(page, "header .action", words["action"])
    said(page, ".state", words["held"])
    said(page, ".age.old", words["old"])
    looks_right(page, "camera-stalled", size, language)

    station.window.alarm("camera_stalled", present=False)
    camera = Camera(station)
    try:
        said(page, ".age:not(.old)", words["young"])
        said(page, "header .cause", words["cause"])  # until somebody has read why the belt stands
        page.tap("nav button:nth-child(4)")
        page.tap(".buttons .wide:not(:disabled)")
        page.wait_for_selector("header .none")
    finally:
        camera.stall()


class FullDisk:
    """All the room of a disk, taken by one file until it is given back."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "everything-else"
        with self._file.open("wb", buffering=0) as file:
            for most in (1 << 20, 1 << 12, 1):
                while self._fits(file.fileno(), most):
                    pass

    def make_room(self) -> None:
        self._file.unlink()

    def _fits(self, file: int, most: int) -> bool:
        try:
            return os.write(file, bytes(most)) > 0
        except OSError:
            return False


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own for whoever fills it; the folder of the test for the others."""
    if "full" not in request.node.name:
        yield tmp_path
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = [*as_root, "mount", "-t", "tmpfs", "-o", f"{SMALL_DISK},uid={os.geteuid()}", "none", str(folder)]
    if shutil.which(mount[0]) is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs leave to mount a small disk")
    yield folder
    subprocess.run([*as_root, "umount", "--lazy", str(folder)], check=True)


@BOTH
def test_a_full_disk_is_said_stop_works_and_what_was_refused_works_once_there_is_room(
    screen: Open, station: SmallStation, disk: Path, size: str, language: str
) -> None:
    words = {name: both[language] for name, both in DISK.items()}
    page = screen("run", size, language)
    said(page, ".figures", "41")
    full = FullDisk(disk)
    with pytest.raises(DiskFullError):
        station.line.send("super", MORE_THAN_FITS)
    station.window.alarm("disk_full")
    said(page, "header .cause", words["cause"])
    said(page, "header .action", words["action"])
    said(page, ".state", words["held"])
    looks_right(page, "disk-full", size, language)

    page.evaluate("location.hash = 'trays/1'")
    page.tap(".page .buttons button:nth-last-child(2)")
    sign_in(page)
    said(page, "form .wrong", words["refused"])
    looks_right(page, "disk-full-refused", size, language)
    page.tap("button.stop")
    said(page, ".answer", words["stopped"])

    full.make_room()
    station.window.alarm("disk_full", present=False)
    page.wait_for_selector("header .none")
    sign_in(page)
    page.tap(".ask .reasons button:nth-child(1)")
    page.tap(".ask .buttons button.chosen")
    said(page, "h2", words["voided"])


def sign_in(page: Any) -> None:  # noqa: ANN401 - Playwright's
    page.tap(".people button:has-text('Zhao')")
    enter_pin(page, PIN)
    page.tap("form button.chosen:not([type='button'])")
