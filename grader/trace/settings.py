"""The settings of lots and trays: the table `[trace]` of `station.toml`."""

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from grader.trace.identity import Gtin

Share = Annotated[float, Field(ge=0, lt=1)]


class TraceSettings(BaseModel):
    """What a cooperative decides once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    station_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}$")] = "GV1"
    """What its trace batches begin with."""
    domain: str = "trace.example.org"
    """The host of labels and events."""
    place: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "station-1"
    utc_offset_min: Annotated[int, Field(ge=-720, le=840)] = 480
    """The clock on the wall: China's."""
    gtin: dict[str, str] = {}
    """The article number of each outlet's trays; none: the label bears the trace code alone."""

    packer: str = ""
    """Who packs, on label and page; without it no label is printed."""
    packer_address: str = ""
    packer_contact: str = ""
    """How to reach who packs: on the commitment certificate."""
    origin_zh: str = "中国"
    origin_en: str = "China"
    varieties: dict[str, str] = {"Hongyan": "红颜", "Benihoppe": "红颜", "Zhangji": "章姬", "Akihime": "章姬"}
    """The Chinese name of each variety; one that is not here is printed as it was entered."""
    label_template: str = "tray-100x70"
    """A shipped template's name, or a file."""

    residue_valid_days: Annotated[float, Field(gt=0, le=365)] = 7.0
    """So long after its sample a residue report vouches for a grower's fruit: samples are taken weekly."""
    precool_within_min: Annotated[float, Field(gt=0, le=1440)] = 60.0
    """From harvest to the cold."""
    core_lowest_c: Decimal = Decimal(4)
    """What is agreed for the cold chain, in the fruit; on the way 2 degrees more either way."""
    core_highest_c: Decimal = Decimal(6)
    shelf_days: Annotated[int, Field(ge=1, le=30)] = 5
    """From harvest to best before, for fruit that were cooled in time."""
    shelf_days_warm: Annotated[int, Field(ge=0, le=30)] = 3
    """The same for fruit that were cooled late, or of which nobody knows."""

    size_tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.10
    """Share of a tray's fruit that may miss the class's size, where the rule pack agrees on none: what the UNECE, EU
    and Codex standards allow by number or weight."""

    scale_u_kg: Annotated[float, Field(ge=0, le=10)] = 0.05
    """Standard uncertainty of what the scale at the door says of a lot, and of what is weighed by hand."""
    weight_common_u: Share = 0.05
    """Relative standard uncertainty that all estimated weights of a lot share: density and fullness of its variety."""
    tray_scale_u_g: Annotated[float, Field(ge=0, le=1000)] = 5.0
    """Standard uncertainty of a tray's net weight, tare included."""
    weight_tray_u: Share = 0.01
    """Relative standard uncertainty by which trays of a lot differ beyond their fruit's own: sizes and places in the
    heap. Assumed."""
    loss_share: Share = 0.005
    """Of what came in, leaves and water that are lost until the fruit are measured."""
    loss_u: Share = 0.005
    """Its standard uncertainty."""

    @field_validator("gtin")
    @classmethod
    def _numbers(cls, gtin: dict[str, str]) -> dict[str, str]:
        for number in gtin.values():
            Gtin.from_text(number)
        return gtin

    @property
    def zone(self) -> timezone:
        """The time zone of the clock on the wall."""
        return timezone(timedelta(minutes=self.utc_offset_min))
