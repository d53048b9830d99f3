"""A label that is none, to see whether the printer works: it says so in every language, and its code leads nowhere."""

from datetime import date

from grader.trace.desk.printing import Printer, Report
from grader.trace.identity import TrayIdentity
from grader.trace.labels import Template, TrayLabel, Words, pdf_label, zpl_label
from grader.trace.settings import TraceSettings


def print_trial(printer: Printer, template: Template, settings: TraceSettings, today: date) -> Report:
    """Print it; what the printer says became of it."""
    nothing = Words("测试", "test")
    label = TrayLabel(
        identity=TrayIdentity(None, "TEST", "TEST"),
        domain=None,
        packer=settings.packer or "-",
        packer_address=settings.packer_address or "-",
        grade=nothing,
        size="-",
        variety=nothing,
        origin=nothing,
        harvested_on=today,
        packed_on=today,
        best_before=today,
        count=1,
        demo=True,
    )
    return printer.send({"zpl": zpl_label, "pdf": pdf_label}[printer.language](label, template))
