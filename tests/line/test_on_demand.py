"""A process that is there only while somebody wants it is no fault of the station's when it is not."""

from pathlib import Path

from grader.line.processes.supervising import REFUSED, Child, Family


def ends(code: int) -> None:
    raise SystemExit(code)


def end(family: Family, name: str) -> None:
    """Wait until it has ended."""
    family._processes[name].join()  # noqa: SLF001 - there is nothing to hear it by


def test_it_is_started_when_it_is_wanted_and_again_after_it_has_ended(tmp_path: Path) -> None:
    family = Family([Child("calibration", ends, (0,), beats=False, on_demand=True)])
    family.write_pids(tmp_path)
    assert (tmp_path / "pids").read_text() == ""
    assert (family.dead(), family.started_s, family.all_beat) == ([], {}, True)
    for times in (1, 2):
        family.summon("calibration")
        end(family, "calibration")
        assert len(family._started_s["calibration"]) == times  # noqa: SLF001 - as above
        assert family.dead() == []
    family.summon("nobody")
    family.stop()


def test_one_that_cannot_be_kept_alive_is_given_up_and_the_station_goes_on() -> None:
    family = Family([Child("calibration", ends, (REFUSED,), beats=False, on_demand=True)])
    for _ in range(3):
        family.summon("calibration")
        end(family, "calibration")
    assert len(family._started_s["calibration"]) == 1  # noqa: SLF001 - as above
    assert family.dead() == []
    family.stop()
