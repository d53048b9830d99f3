"""What systemd hears, and that nobody has to listen."""

import socket
from pathlib import Path

from grader.line.processes.notify import Systemd


def test_each_word_is_a_datagram(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(1)
        systemd = Systemd(str(path))
        systemd.ready()
        systemd.alive()
        systemd.status("Idle: ready")
        systemd.status("Idle: ready")
        systemd.stopping()
        said = [manager.recv(200) for _ in range(4)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"STATUS=Idle: ready", b"STOPPING=1"]


def test_an_abstract_address_begins_with_nought() -> None:
    name = "grader-notify-test"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.settimeout(1)
        Systemd(f"@{name}").ready()
        assert manager.recv(20) == b"READY=1"


def test_without_a_listener_nothing_happens(tmp_path: Path) -> None:
    Systemd("").ready()
    Systemd(str(tmp_path / "nobody")).alive()
    assert not Systemd("").listens
