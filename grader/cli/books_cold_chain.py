"""`grader trace temperatures` and `lab-sample`: the cold chain's thermometers, and what goes to a laboratory."""

from pathlib import Path

import click

from grader.cli.books import FILE, answer, at_the_desk, json_option, shown, station_option, who_option
from grader.cli.whole_files import read_bytes
from grader.trace.desk.cold_chain import (
    hottest_and_coldest,
    read_temperatures,
    report_temperatures,
    sample_for_laboratory,
)
from grader.trace.desk.desk import utc_ns

EXIT_ALARM = 1


@click.command("temperatures")
@click.argument("file", type=FILE)
@click.option("--device", required=True, help="The thermometer: letters, digits and signs without blanks.")
@click.option("--lot", help="Of which lot; or")
@click.option("--tray", type=int, help="of which labelled tray.")
@click.option("--transport", is_flag=True, help="On the way, where 2 degrees more either way are agreed.")
@who_option
@json_option
@station_option
def temperatures(
    *,
    file: Path,
    device: str,
    lot: str | None,
    tray: int | None,
    transport: bool,
    who: str,
    station: Path,
    as_json: bool,
) -> int:
    """Put a thermometer's readings (rows `time,celsius`) on record. Exit code 1: some are beyond what was agreed."""
    if (lot is None) == (tray is None):
        raise click.UsageError("say of which lot, or of which tray")
    with at_the_desk(station) as (desk, at):
        found = read_temperatures(read_bytes(file).decode("utf-8-sig", "replace"), at.trace.zone)
        alarms = report_temperatures(desk, found, device, who, lot=lot, tray=tray, transport=transport)
    coldest, hottest = hottest_and_coldest(found.readings)
    words = [f"{len(found.readings)} readings from {coldest} to {hottest} °C are on record."]
    words += [f"ALARM: {one.celsius} °C at {shown(utc_ns(one.at), at)}" for one in alarms[:5]]
    if alarms:
        words.append(f"{len(alarms)} readings are beyond what was agreed: look at the fruit; anybody may hold them.")
    value = {
        "readings": len(found.readings),
        "lowest_c": str(coldest),
        "highest_c": str(hottest),
        "alarms": len(alarms),
    }
    answer("\n".join(words), value, as_json=as_json)
    return EXIT_ALARM if alarms else 0


@click.command("lab-sample")
@click.argument("lot")
@click.argument("name")
@who_option
@station_option
def lab_sample(lot: str, name: str, who: str, station: Path) -> None:
    """A sample called NAME of the LOT goes to a laboratory; enter its report with `grower report`."""
    with at_the_desk(station) as (desk, _):
        sample_for_laboratory(desk, lot, name, who)
    click.echo(f"Sample {name} of lot {lot} is on its way.")
