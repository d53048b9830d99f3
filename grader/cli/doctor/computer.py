"""The computer under the station: clock, disk and its honesty, memory, priority, network."""

import ctypes
import os
import resource
import shutil
import socket
import statistics
from datetime import UTC, datetime
from pathlib import Path

from grader.cli.disk_timing import seconds_until_safe
from grader.cli.doctor.finding import AilmentError
from grader.line.processes.realtime import PRIORITY

OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
STA_UNSYNC = 0x40
TIMEX_WORDS = 64
"""`struct timex` is 208 bytes (adjtimex(2)); its `status` is the sixth word of eight bytes, its first half."""
STATUS_OFFSET = 40
FREE_BYTES = 2_000_000_000
"""A day's journal and books are some hundred MB."""
SYNCS = 40
HONEST_S = 20e-6
"""No medium takes data for good within so short a time: the answer comes from a cache, or from memory."""
SLOW_S = 0.1
"""Beyond the latency budget fruit go to recheck (docs/line.md)."""
MEMORY_BYTES = 700_000_000
"""A guess, until somebody has measured a station on a Pi: six processes of Python, two of them with OpenCV."""
FLEETING = frozenset({"tmpfs", "ramfs", "overlay"})


def clock() -> str:
    """Whether the date can be right, and whether somebody keeps it."""
    now = datetime.now(UTC)
    if now < OLDEST:
        raise AilmentError(f"the clock says {now:%Y-%m-%d}: set it (timedatectl), or give the computer a clock battery")
    timex = (ctypes.c_long * TIMEX_WORDS)()
    ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    status = int.from_bytes(bytes(timex)[STATUS_OFFSET : STATUS_OFFSET + 4], "little")
    if status & STA_UNSYNC:
        raise AilmentError(
            "nobody keeps the clock: switch NTP on (timedatectl set-ntp true), or see to it each morning"
        )
    return f"{now:%Y-%m-%d %H:%M} UTC, kept by NTP"


def disk(folder: Path) -> str:
    """Whether what is written in `folder` is there after a power cut, soon enough, and has room."""
    kind = _file_system(folder)
    if kind in FLEETING:
        raise AilmentError(f"{folder} lies in memory ({kind}): after a power cut all is gone. Name a folder on a disk")
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise AilmentError(f"{folder} has {free / 1e9:.1f} GB left: make room, {FREE_BYTES / 1e9:g} GB at least")
    took_s = sorted(seconds_until_safe(folder, SYNCS))
    median_s, slowest_s = statistics.median(took_s), took_s[-1]
    if median_s < HONEST_S:
        raise AilmentError(
            f"the disk of {folder} says within {median_s * 1e6:.0f} us that data are safe, which no medium can: switch "
            "its write cache off (hdparm -W0), or use another disk"
        )
    if slowest_s > SLOW_S:
        raise AilmentError(
            f"the disk of {folder} took {slowest_s * 1e3:.0f} ms to keep 8 kB (median {median_s * 1e3:.1f} ms): fruit "
            "will go to recheck. Use an SSD (NVMe) that nothing else writes to"
        )
    return (
        f"{free / 1e9:.0f} GB free on {kind}; 8 kB are safe in {median_s * 1e3:.1f} ms, {slowest_s * 1e3:.0f} at most"
    )


def memory() -> str:
    """Whether the processes fit."""
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(lines["MemAvailable"].split()[0]) * 1024
    if available < MEMORY_BYTES:
        raise AilmentError(
            f"{available / 1e6:.0f} MB are free, {MEMORY_BYTES / 1e6:.0f} are needed: end other programs"
        )
    return f"{available / 1e9:.1f} GB free"


def priority() -> str:
    """Whether the ejection process may go before all others."""
    limit, _ = resource.getrlimit(resource.RLIMIT_RTPRIO)
    if limit < PRIORITY and os.geteuid() != 0:
        raise AilmentError(
            f"no real-time priority is granted (limit {limit}, {PRIORITY} needed): jets may be late under load. "
            f"Start the station by its systemd unit, or set LimitRTPRIO={PRIORITY}"
        )
    return "real-time priority is granted"


def network() -> str:
    """Whether anybody else can be reached; the station itself needs nobody."""
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    up = [name for name in names if _state(name) in {"up", "unknown"}]
    if not up:
        raise AilmentError("no network is connected: labels, upstream systems and NTP cannot be reached. Plug it in")
    return "connected by " + ", ".join(up)


def _state(name: str) -> str:
    path = Path("/sys/class/net") / name / "operstate"
    return path.read_text().strip() if path.exists() else "down"


def _file_system(folder: Path) -> str:
    """The kind of the mount that `folder` lies in."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    whole = folder.resolve()
    within = [(target, kind) for _, target, kind, *_ in mounts if whole.is_relative_to(target)]
    return max(within, key=lambda mount: len(mount[0]), default=("", "unknown"))[1]
