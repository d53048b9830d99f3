"""`grader settings`: whether a station's file can be read and means something."""

from pathlib import Path

import click

from grader.cli.station_file import read_station_file
from grader.grading import find_rule_pack


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def settings(path: Path) -> None:
    """Read PATH, a station.toml, and the rules that it names; what is wrong is a sentence, and exit code 2."""
    find_rule_pack(read_station_file(path).rules)
    click.echo(f"{path} can be read")
