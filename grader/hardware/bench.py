"""The bench: one `Iron` made of its single devices, real or simulated, in any mixture."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.grading import Outlet
from grader.hardware.encoder import Encoder, EncoderReading
from grader.hardware.inputs import Contacts, Inputs
from grader.hardware.iron import ExitPulse, IronState, Power
from grader.hardware.lamp_tower import LampTower, Signal
from grader.hardware.odometer import Odometer
from grader.hardware.switches import Drive, Valves, Watchdog

DEADLINE_S = 0.02
"""The bench must be polled at least so often. A loop that was late once is not trusted with open valves: it does not
feed the watchdog until it has kept time for `TRUSTED_S` again."""
TRUSTED_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """What stands on the bench."""

    encoder: Encoder
    inputs: Inputs
    valves: Valves
    drive: Drive
    lamps: LampTower
    watchdog: Watchdog


class Bench:
    """`Iron`. Valves open only while they are enabled, the emergency stop is released and the doors are shut."""

    def __init__(
        self,
        devices: Devices,
        mm_per_count: float,
        odometer: Odometer,
        full_mm_s: float,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._devices = devices
        self._odometer = odometer
        self._mm_per_count = mm_per_count
        self._full_mm_s = full_mm_s
        """A drive of two speeds is run slowly below it."""
        self._monotonic_s = monotonic_s
        self._power = Power()
        self._signal: Signal | None = None
        """None: nobody has said what to show, so nothing is switched."""
        self._reading = EncoderReading(0, 0.0, 0.0)
        self._contacts = Contacts()
        self._polled_s = -math.inf
        self._late_s = -math.inf
        self._safe = False

    def poll(self) -> tuple[IronState | None, list[ExitPulse]]:
        """`Iron`'s."""
        now_s = self._monotonic_s()
        if now_s - self._polled_s > DEADLINE_S:
            self._late_s = now_s
        self._polled_s = now_s
        devices = self._devices
        devices.valves.step(now_s)
        if self._signal is not None:
            devices.lamps.show(self._signal, now_s)
        contacts, pulses = devices.inputs.poll()
        self._safe = contacts.e_stop_released and contacts.door_closed
        if not self._safe:
            self._rest()
        reading = devices.encoder.poll()
        if reading is None and contacts == self._contacts:
            return None, pulses
        self._contacts = contacts
        self._reading = reading = reading or self._reading
        count = self._odometer.keep(reading.count)
        speed_mm_s = reading.speed_counts_s * self._mm_per_count
        return IronState(count, speed_mm_s, reading.at_s, contacts, reading.lost), pulses

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float) -> None:
        """`Iron`'s."""
        if self._safe and self._power.valves_enabled:
            self._devices.valves.open(outlet, lane, pulse_s, self._monotonic_s())

    def power(self, power: Power) -> None:
        """`Iron`'s."""
        self._power = power
        self._signal = power.signal
        if not power.valves_enabled:
            self._devices.valves.close_all()
        if self._safe:
            self._devices.drive.run(
                belt=power.belt_on, slowly=power.belt_mm_s < self._full_mm_s, infeed=power.infeed_on
            )
        else:
            self._rest()
        if self._keeps_time():
            self._devices.watchdog.feed()

    def fileno(self) -> int:
        """`Iron`'s."""
        return self._devices.encoder.fileno()

    def close(self) -> None:
        """Everything off. Twice is harmless."""
        devices = self._devices
        for device in (devices.watchdog, devices.valves, devices.drive, devices.lamps, devices.inputs, devices.encoder):
            device.close()

    def _keeps_time(self) -> bool:
        now_s = self._monotonic_s()
        return now_s - self._polled_s <= DEADLINE_S and now_s - self._late_s > TRUSTED_S

    def _rest(self) -> None:
        self._devices.valves.close_all()
        self._devices.drive.run(belt=False, slowly=False, infeed=False)
