"""`grader api serve` as a process of its own, that can be killed and started again."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

GRADER = str(Path(sys.executable).with_name("grader"))
WAITS_S = 60


class ServeProcess:
    """Always the same port, so that clients come back to it."""

    def __init__(self, station: Path, port: int) -> None:
        self.station, self.port = station, port
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> str:
        """Start it; the line that it prints once it listens."""
        command = [GRADER, "api", "serve", "--station", str(self.station), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, self._process.communicate()
        self.address, _, _ = line.partition("/?token=")
        self.port = int(self.address.rsplit(":", 1)[1])
        return line

    def kill(self) -> None:
        """As the kernel would."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def end(self) -> tuple[int, str]:
        """As systemd would: exit code, and what it said."""
        assert self._process is not None
        self._process.terminate()
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait until it has ended by itself: exit code, and what it said."""
        assert self._process is not None
        _, said = self._process.communicate(timeout=WAITS_S)
        return self._process.returncode, said

    def ask(self, path: str, key: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """A question, or with a body a POST."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers)  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=WAITS_S) as answer:  # noqa: S310
            return json.loads(answer.read())


def grader(*words: str, **environment: str) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(
        [GRADER, *words], capture_output=True, text=True, check=False, timeout=WAITS_S, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
