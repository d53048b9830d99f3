"""Which printer a station's labels come out of, and of which template."""

from pathlib import Path

from grader.cli.station_file import CupsPrinterFile, StationFile, ZplPrinterFile
from grader.hardware.drivers.cups_printer import CupsPrinter
from grader.hardware.drivers.zpl_printer import ZplPrinter
from grader.hardware.printer import LabelPrinter
from grader.trace.labels import Template, load_template, shipped_template


def printer_of(file: StationFile) -> LabelPrinter | None:
    """The station's printer; None: its file names none."""
    match file.printer:
        case ZplPrinterFile(host=host, port=port, asks=asks):
            return ZplPrinter(host, port, asks=asks)
        case CupsPrinterFile(queue=queue):
            return CupsPrinter(queue)
    return None


def template_of(file: StationFile) -> Template:
    """The template of the station's labels."""
    name = file.trace.label_template
    return load_template(Path(name)) if name.endswith(".toml") else shipped_template(name)
