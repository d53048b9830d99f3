"""The table `[printer]` of `station.toml`: which printer a station's labels come out of."""

from pathlib import Path
from tomllib import loads
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.api.errors import SettingsError
from grader.hardware.drivers.cups_printer import CupsPrinter
from grader.hardware.drivers.zpl_printer import ZplPrinter
from grader.hardware.printer import LabelPrinter


class ZplPrinterFile(BaseModel):
    """A Zebra-type label printer on the network."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["zpl"]
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 9100
    asks: bool = True
    """Whether it understands `~HS`; a clone that does not cannot say that it is out of labels."""


class CupsPrinterFile(BaseModel):
    """Any printer that CUPS knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["cups"]
    queue: Annotated[str, Field(pattern=r"^[^\s/#-][^\s/#]*$")]


PrinterFile = Annotated[ZplPrinterFile | CupsPrinterFile, Field(discriminator="kind")]
PRINTER: TypeAdapter[ZplPrinterFile | CupsPrinterFile] = TypeAdapter(PrinterFile)


def opened(file: ZplPrinterFile | CupsPrinterFile) -> LabelPrinter:
    """The printer that the table names."""
    match file:
        case ZplPrinterFile(host=host, port=port, asks=asks):
            return ZplPrinter(host, port, asks=asks)
        case CupsPrinterFile(queue=queue):
            return CupsPrinter(queue)


def printer_in(station: Path) -> LabelPrinter | None:
    """The printer that the file `station` names, all else of it unread; None: it names none. Raises `SettingsError`."""
    table = loads(station.read_text(encoding="utf-8")).get("printer")
    if table is None:
        return None
    try:
        return opened(PRINTER.validate_python(table))
    except ValidationError as error:
        raise SettingsError(f"{station}, printer: {error.errors()[0]['msg']}") from error
