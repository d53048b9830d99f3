"""`grader demo`: the whole line in virtual time, judged by the simulated machine's truth."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader.cli.demo import demo
from grader.store import balance, fruit_of_run, reading, trays


def run(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(
        demo, ["--virtual", "--depth", "sightings", "--headless", "--json", *words], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout)
    return summary


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    journal = tmp_path_factory.mktemp("demo") / "journal.db"
    return run("--seconds", "30", "--seed", "3", "--journal", str(journal)), journal


def test_every_recorded_fruit_is_accounted_for(summary: tuple[dict[str, Any], Path]) -> None:
    said, _ = summary
    delivered = sum(counts["delivered"] for counts in said["per_outlet"].values())
    assert said["fruit"] > 200
    assert said["fruit"] == delivered + said["recheck"] + said["unconfirmed"] + said["in_flight"]
    assert (said["balance"], said["lost"], said["in_flight"]) == (True, 0, 0)


def test_no_fruit_is_in_a_wrong_tray_and_none_was_late(summary: tuple[dict[str, Any], Path]) -> None:
    said, _ = summary
    assert (said["wrong_delivery"], said["late"]) == (0, 0)
    assert all(counts["decided"] == counts["delivered"] for counts in said["per_outlet"].values())


def test_what_it_measures_is_near_the_truth(summary: tuple[dict[str, Any], Path]) -> None:
    said, _ = summary
    assert 0.1 < said["diameter_error_mm"]["p95"] < 0.8
    assert 0.9 < said["size_grade_agreement"] <= 1


def test_the_journal_says_the_same_as_the_summary(summary: tuple[dict[str, Any], Path]) -> None:
    said, journal = summary
    with reading(journal) as connection:
        counted = balance(connection, 1)
        rows = list(fruit_of_run(connection, 1))
        content = trays(connection)
    assert counted.recorded == said["fruit"] == len(rows)
    assert sum(tray.delivered for tray in content) == sum(c["delivered"] for c in said["per_outlet"].values())
    assert not any(tray.needs_recount for tray in content)


def test_the_same_seed_decides_the_same_and_another_does_not() -> None:
    first, again, other = (run("--seconds", "5", "--seed", seed)["decisions_sha256"] for seed in ("1", "1", "2"))
    assert first == again != other


def test_a_second_run_goes_on_in_the_same_journal(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    first, second = (run("--seconds", "5", "--journal", str(journal)) for _ in range(2))
    assert first["decisions_sha256"] == second["decisions_sha256"]
    with reading(journal) as connection:
        assert balance(connection, 2).recorded == second["fruit"]
        assert balance(connection, 1).recorded == first["fruit"]


def test_a_belt_that_is_too_fast_for_its_runway_is_refused() -> None:
    result = CliRunner().invoke(demo, ["--virtual", "--depth", "sightings", "--speed-m-s", "1.5"])
    assert result.exit_code == 2
    assert "speed-m-s" in result.output


def test_people_read_what_came_of_it() -> None:
    result = CliRunner().invoke(demo, ["--virtual", "--depth", "sightings", "--headless", "--seconds", "3"])
    assert result.exit_code == 0
    assert "the balance holds" in result.output


@pytest.mark.parametrize(
    "words", [("--seconds", "nan"), ("--speed-m-s", "nan"), ("--fruit-per-s", "nan"), ("--seed", str(2**63))]
)
def test_what_is_no_number_for_it_is_a_usage_error(words: tuple[str, str]) -> None:
    result = CliRunner().invoke(demo, ["--virtual", "--depth", "sightings", *words])
    assert result.exit_code == 2
    assert words[0] in result.output


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    journal.touch()
    assert run("--seconds", "5", "--journal", str(journal))["balance"]
