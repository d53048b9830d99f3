"""Which line of which GPIO chip leads where, as `[hardware.gpio]` of `station.toml` says it."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from grader.grading import Outlet

HEADER = "pinctrl-rp1"
"""Label of the chip of a Raspberry Pi 5's header; its number has changed with the kernel, its label has not."""
RESERVED = {0: "ID_SD of the HAT's memory", 1: "ID_SC of the HAT's memory"}
"""Lines of the header that the firmware uses when it starts."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pin(_Part):
    """One line; a bare number in the file means a line of the header, active when high."""

    line: Annotated[int, Field(ge=0, le=255)]
    chip: str | None = None
    """Label of another chip, such as an expander's; None: the station's."""
    active_low: bool = False
    bias: Literal["none", "pull-up", "pull-down"] | None = None
    """None: as is fail-safe, inputs pulled to inactive, outputs as the board does it."""
    debounce_ms: Annotated[float, Field(ge=0, le=1000)] | None = None
    """None: 5 ms for contacts, 1 ms for exit sensors, 0 for the encoder."""


def _pin(value: object) -> object:
    return {"line": value} if isinstance(value, int) and not isinstance(value, bool) else value


Line = Annotated[Pin, BeforeValidator(_pin)]
Lanes = dict[Outlet, tuple[Line, ...]]


class Wiring(_Part):
    """All lines of a station. Inputs are named for their safe state: a cut wire reads as unsafe."""

    chip: str = HEADER
    encoder_a: Line | None = None
    """Not where a micro-controller counts and says so over a serial line."""
    encoder_b: Line | None = None
    valves: Lanes
    """Of each outlet, one a lane."""
    exits: Lanes
    e_stop_released: Line
    """A contact of the emergency stop's relay. The relay itself stops the machine; this only tells us."""
    door_closed: Line | None = None
    air_pressure_ok: Line | None = None
    power_ok: Line | None = None
    trays_full: dict[Outlet, Line] = {}
    trays_present: dict[Outlet, Line] = {}
    belt: Line
    belt_slow: Line | None = None
    """The drive's second, slow speed; without it nothing is jogged."""
    infeed: Line | None = None
    watchdog: Line
    lamp_red: Line | None = None
    lamp_yellow: Line | None = None
    lamp_green: Line | None = None
    lamp_blue: Line | None = None
    buzzer: Line

    @model_validator(mode="after")
    def _no_conflicts(self) -> Self:
        taken: dict[tuple[str, int], str] = {}
        for name, pin in self.pins():
            place = pin.chip or self.chip, pin.line
            if place in taken:
                raise ValueError(
                    f"{taken[place]} and {name} are both on line {pin.line} of {place[0]}: move one of them"
                )
            if place[0] == HEADER and pin.line in RESERVED:
                raise ValueError(f"{name} is on line {pin.line}, which is {RESERVED[pin.line]}: take another line")
            taken[place] = name
        if {outlet: len(lanes) for outlet, lanes in self.valves.items()} != {
            outlet: len(lanes) for outlet, lanes in self.exits.items()
        }:
            raise ValueError("valves and exits must name the same outlets, and for each as many lanes")
        return self

    def pins(self) -> Iterator[tuple[str, Pin]]:
        """Every line with what it is for, as the file names it: `belt`, `valves.super.0`."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, Pin):
                yield field, value
            elif isinstance(value, dict):
                for outlet, below in value.items():
                    if isinstance(below, Pin):
                        yield f"{field}.{outlet.value}", below
                    else:
                        for lane, pin in enumerate(below):
                            yield f"{field}.{outlet.value}.{lane}", pin

    def outputs(self) -> frozenset[str]:
        """Names of what we switch; all else we read."""
        return frozenset(name for name, _ in self.pins() if name.split("_")[0].split(".")[0] in OUTPUTS)


OUTPUTS = frozenset({"valves", "belt", "infeed", "watchdog", "lamp", "buzzer"})
