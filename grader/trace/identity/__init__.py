"""What things are called: article numbers, trace batches, serials, and how labels and scanners write them."""

from grader.trace.identity.codes import GRADES, TraceBatch, make_serial
from grader.trace.identity.gtin import DEMO_PREFIX, Gtin, Origin
from grader.trace.identity.reading import read_scan
from grader.trace.identity.tray import TrayIdentity, check_domain

__all__ = [
    "DEMO_PREFIX",
    "GRADES",
    "Gtin",
    "Origin",
    "TraceBatch",
    "TrayIdentity",
    "check_domain",
    "make_serial",
    "read_scan",
]
