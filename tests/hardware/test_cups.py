"""Labels through a CUPS of our own, in a folder of its own, to a printer that is a TCP port."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.labels import a_label
from grader.hardware.drivers.cups_printer import CupsPrinter
from grader.trace.labels import pdf_label, shipped_template

CUPSD = shutil.which("cupsd", path="/usr/sbin:/usr/bin")
pytestmark = [
    pytest.mark.skipif(CUPSD is None, reason="needs Debian's cups"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: CUPS gives its rights away before it prints"),
]
WAITS_S = 60.0
FILES = """
ServerRoot {home}/root
RequestRoot {home}/spool
TempDir {home}/tmp
CacheDir {home}/cache
StateDir {home}/run
AccessLog {home}/log
ErrorLog {home}/log
PageLog {home}/log
User lp
Group lp
"""
DAEMON = """
Listen {home}/run/socket
DefaultAuthType None
WebInterface No
Browsing Off
ErrorPolicy retry-job
<Location />
  Allow all
</Location>
<Location /admin>
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""


@dataclass
class Cups:
    """A print server that runs."""

    environment: dict[str, str]
    printer: socket.socket
    """What its queue `labels` prints on."""

    def send(self, job: bytes, queue: str = "labels") -> tuple[str, str]:
        sent = CupsPrinter(queue, run=self.run).send(job)
        return sent.state, sent.sentence

    def run(self, command: list[str], *, check: bool = False, **more: Any) -> "subprocess.CompletedProcess[bytes]":  # noqa: ANN401
        """As `subprocess.run`, for this server."""
        return subprocess.run(command, check=check, env=self.environment, **more)

    def printed(self) -> bytes:
        """The next job that reaches the printer."""
        self.printer.settimeout(WAITS_S)
        peer, _ = self.printer.accept()
        with peer:
            peer.settimeout(WAITS_S)
            return b"".join(iter(partial(peer.recv, 1 << 16), b""))


@pytest.fixture(scope="module")
def cups() -> Iterator[Cups]:
    home = Path(tempfile.mkdtemp(prefix="cups-"))
    for name in ("root", "spool", "tmp", "cache", "run"):
        (home / name).mkdir()
    files, daemon = home / "cups-files.conf", home / "cupsd.conf"
    files.write_text(FILES.format(home=home))
    daemon.write_text(DAEMON.format(home=home))
    for path in (home, *home.iterdir()):
        shutil.chown(path, "lp", "lp")
    server = subprocess.Popen(
        [str(CUPSD), "-f", "-c", str(daemon), "-s", str(files)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    environment = {**os.environ, "CUPS_SERVER": str(home / "run" / "socket")}
    with socket.create_server(("127.0.0.1", 0)) as printer:
        try:
            cups = Cups(environment, printer)
            until_it_answers(cups)
            to = f"socket://127.0.0.1:{printer.getsockname()[1]}"
            queue = ["-p", "labels", "-E", "-v", to, "-m", "raw"]
            assert cups.run(["lpadmin", *queue], capture_output=True, timeout=WAITS_S).returncode == 0
            yield cups
        finally:
            server.terminate()
            server.wait()
            shutil.rmtree(home)


def until_it_answers(cups: Cups) -> None:
    until_s = time.monotonic() + WAITS_S
    while b"is running" not in cups.run(["lpstat", "-r"], capture_output=True).stdout:
        assert time.monotonic() < until_s, "CUPS does not answer"


def test_a_label_reaches_the_printer_byte_for_byte(cups: Cups) -> None:
    job = pdf_label(a_label(np.random.default_rng(1)), shipped_template())
    state, sentence = cups.send(job)
    assert (state, "labels-" in sentence) == ("printed", True)
    assert cups.printed() == job


def test_each_label_comes_out_once_and_in_order(cups: Cups) -> None:
    jobs = [b"%PDF-1.4 label " + str(number).encode() for number in range(5)]
    got: list[bytes] = []
    bench = threading.Thread(target=lambda: got.extend(cups.printed() for _ in jobs))
    bench.start()
    assert [cups.send(job)[0] for job in jobs] == ["printed"] * len(jobs)
    bench.join()
    assert got == jobs


def test_a_queue_that_is_not_there_takes_nothing_and_says_so(cups: Cups) -> None:
    state, sentence = cups.send(b"%PDF-1.4", "elsewhere")
    assert state == "not_sent"
    assert "does not exist" in sentence


def test_without_a_server_nothing_is_handed_over(cups: Cups, tmp_path: Path) -> None:
    gone = Cups({**cups.environment, "CUPS_SERVER": str(tmp_path / "none")}, cups.printer)
    state, sentence = gone.send(b"%PDF-1.4")
    assert state == "not_sent"
    assert "took no label" in sentence
