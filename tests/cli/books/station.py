"""A station whose people type commands."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import EXIT_USAGE, main

NOW = datetime.now(UTC)


def ago(**how_long: float) -> str:
    return (NOW - timedelta(**how_long)).isoformat()


class Station:
    """Types commands."""

    def __init__(self, station: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._station, self._capsys = str(station), capsys

    def __call__(self, *words: str, exit_code: int = 0) -> str:
        """What the command says; on stderr where it fails."""
        self._capsys.readouterr()
        code = main(["trace", *words, "--station", self._station])
        said = self._capsys.readouterr()
        assert code == exit_code, said.err
        return said.err if exit_code == EXIT_USAGE else said.out

    def asked(self, *words: str, exit_code: int = 0) -> Any:  # noqa: ANN401 - what JSON holds
        return json.loads(self(*words, "--json", exit_code=exit_code))

    def report(self, outcome: str = "--passed", number: str = "1", days: float = 1) -> None:
        found = ("--laboratory", "Lab", "--number", number, "--sampled", ago(days=days), outcome)
        self("grower", "report", "G1", *found, "--who", "Li")

    def receive(self, code: str, *more: str) -> str:
        facts = ("--grower", "G1", "--variety", "Hongyan", "--plot", "7", "--harvested", ago(hours=3), "--kg", "0.612")
        return self("lot", "add", code, *facts, "--accountable", "Zhao", "--who", "Li", *more)
