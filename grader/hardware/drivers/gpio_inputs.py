"""Contacts and exit sensors on GPIO lines, debounced by the kernel."""

from gpiod import EdgeEvent

from grader.grading import Outlet
from grader.hardware.drivers.gpio_lines import Lines, contact
from grader.hardware.inputs import Contacts, ExitPulse
from grader.hardware.wiring import Wiring

DEBOUNCE_MS = 5.0
EXIT_DEBOUNCE_MS = 1.0
"""A fruit darkens the sensor for 30 ms or more."""
EVENTS = 512
CONTACTS = ("e_stop_released", "door_closed", "air_pressure_ok", "power_ok")


class GpioInputs:
    """Those of a station's wiring."""

    def __init__(self, wiring: Wiring) -> None:
        outputs = wiring.outputs()
        pins = {name: pin for name, pin in wiring.pins() if name not in outputs and not name.startswith("encoder_")}
        self._exits = {
            f"exits.{outlet.value}.{lane}": (outlet, lane)
            for outlet, lanes in wiring.exits.items()
            for lane in range(len(lanes))
        }
        self._lines = Lines(
            wiring,
            {
                name: (
                    pin,
                    contact(pin, edges=True, debounce_ms=EXIT_DEBOUNCE_MS if name in self._exits else DEBOUNCE_MS),
                )
                for name, pin in pins.items()
            },
            events=EVENTS,
        )
        self._levels = self._lines.get()
        self._contacts = _contacts(self._levels)

    def poll(self) -> tuple[Contacts, list[ExitPulse]]:
        """`Inputs`'."""
        pulses: list[ExitPulse] = []
        changed = False
        for name, event in self._lines.edges():
            rises = event.event_type is EdgeEvent.Type.RISING_EDGE
            if name in self._exits:
                if rises:
                    outlet, lane = self._exits[name]
                    pulses.append(ExitPulse(outlet, lane, event.timestamp_ns / 1e9))
            else:
                self._levels[name] = rises
                changed = True
        if changed:
            self._contacts = _contacts(self._levels)
        return self._contacts, pulses

    def close(self) -> None:
        """`Inputs`'."""
        self._lines.close()


def _contacts(levels: dict[str, bool]) -> Contacts:
    return Contacts(
        **{name: levels.get(name, True) for name in CONTACTS},
        trays_full=_outlets(levels, "trays_full.", of_level=True),
        trays_absent=_outlets(levels, "trays_present.", of_level=False),
    )


def _outlets(levels: dict[str, bool], prefix: str, *, of_level: bool) -> frozenset[Outlet]:
    return frozenset(
        Outlet(name.removeprefix(prefix))
        for name, level in levels.items()
        if name.startswith(prefix) and level is of_level
    )
