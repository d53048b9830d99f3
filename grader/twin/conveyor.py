"""The belt and what turns with it: speed with ripple, ramps, slip under the fruit, and the encoder on its roller."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field


class ConveyorSettings(BaseModel):
    """A belt drive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    speed_mm_s: Annotated[float, Field(ge=50, le=1000)] = 300.0
    ripple: Annotated[float, Field(ge=0, le=0.2)] = 0.01
    """Amplitude of the speed's change over a turn of the roller, as a share of it."""
    roller_mm: Annotated[float, Field(gt=0)] = 251.3
    """Circumference of the roller."""
    ramp_s: Annotated[float, Field(gt=0)] = 0.3
    """Time in which the speed follows the drive (first order)."""
    mm_per_count: Annotated[float, Field(gt=0)] = 0.1


@dataclass(slots=True)
class Conveyor:
    """The belt's state; `step` moves it on."""

    settings: ConveyorSettings
    drive_mm_s: float = 0.0
    """What the drive is set to; 0: it has no power."""
    speed_mm_s: float = 0.0
    travel_mm: float = 0.0
    """Of the belt's surface, and so of the fruit."""
    roller_mm: float = 0.0
    """Of the roller, which the encoder counts."""
    slip: float = 0.0
    """Share of the roller's travel that the belt does not follow. A fault."""
    encoder_alive: bool = True
    """False: the encoder counts no more. A fault."""

    def step(self, dt_s: float) -> None:
        """Time goes on by `dt_s`, short against `ramp_s`."""
        settings = self.settings
        drive = 0.0
        if self.on:
            turned = 2 * np.pi * (self.roller_mm / settings.roller_mm % 1.0)
            drive = self.drive_mm_s * (1 + settings.ripple * float(np.sin(turned)))
        self.speed_mm_s += (drive - self.speed_mm_s) * min(dt_s / settings.ramp_s, 1.0)
        if self.speed_mm_s < STANDSTILL_MM_S and not self.on:
            self.speed_mm_s = 0.0
        turned_mm = self.speed_mm_s * dt_s
        self.travel_mm += (1 - self.slip) * turned_mm
        if self.encoder_alive:
            self.roller_mm += turned_mm

    @property
    def on(self) -> bool:
        """Whether the drive has power."""
        return self.drive_mm_s > 0

    @property
    def count(self) -> int:
        """What the encoder says."""
        return int(self.roller_mm / self.settings.mm_per_count)


STANDSTILL_MM_S = 0.5
