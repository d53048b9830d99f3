"""Which printer a station's labels come out of, and of which template."""

from pathlib import Path

from grader.cli.printer_file import opened
from grader.cli.station_file import StationFile
from grader.hardware.printer import LabelPrinter
from grader.trace.labels import Template, load_template, shipped_template


def printer_of(file: StationFile) -> LabelPrinter | None:
    """The station's printer; None: its file names none."""
    return None if file.printer is None else opened(file.printer)


def template_of(file: StationFile) -> Template:
    """The template of the station's labels."""
    name = file.trace.label_template
    return load_template(Path(name)) if name.endswith(".toml") else shipped_template(name)
