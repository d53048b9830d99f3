"""Where a fruit can leave the belt."""

from enum import StrEnum


class Outlet(StrEnum):
    """The trays of the table grades, processing and waste; recheck is the belt's end, where nobody ejects."""

    SUPER = "super"
    CLASS_I = "I"
    CLASS_II = "II"
    PROCESSING = "processing"
    WASTE = "waste"
    RECHECK = "recheck"
