"""A printer of the Common Unix Printing System: the job is CUPS's once it has it, which then prints it once."""

import subprocess
from collections.abc import Callable
from typing import Literal

from grader.hardware.printer import Sent

PATIENCE_S = 30.0
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


class CupsPrinter:
    """The queue of that name."""

    language: Literal["pdf"] = "pdf"

    def __init__(self, queue: str, *, run: Run = subprocess.run) -> None:
        self.name = f"CUPS queue {queue}"
        self._queue, self._run = queue, run

    def send(self, job: bytes) -> Sent:
        """Hand `job`, a PDF of one page, to `lp`."""
        command = ["lp", "-d", self._queue, "-t", "label", "-o", "fit-to-page=false", "-"]
        try:
            done = self._run(command, input=job, capture_output=True, timeout=PATIENCE_S, check=False)
        except FileNotFoundError:
            return Sent("not_sent", "there is no program lp: install CUPS's clients (cups-client)")
        except subprocess.TimeoutExpired:
            return Sent("unsure", f"the {self.name} does not answer: look with lpstat whether it has the label")
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
            return Sent("not_sent", f"the {self.name} took no label: {said}")
        return Sent("printed", f"handed over: {done.stdout.decode('utf-8', 'replace').strip()}")
