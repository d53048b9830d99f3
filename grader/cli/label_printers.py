"""Which printer a station's labels come out of, and of which template."""

from grader.cli.printer_file import opened
from grader.cli.station_file import StationFile
from grader.hardware.printer import LabelPrinter
from grader.trace.labels import Template, template_named


def printer_of(file: StationFile) -> LabelPrinter | None:
    """The station's printer; None: its file names none."""
    return None if file.printer is None else opened(file.printer)


def template_of(file: StationFile) -> Template:
    """The template of the station's labels."""
    return template_named(file.trace.label_template)
