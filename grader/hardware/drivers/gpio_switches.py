"""Valves, drive, lamp tower and watchdog on GPIO lines. All are off from the moment they are asked for."""

from grader.grading import Outlet
from grader.hardware.drivers.gpio_lines import Lines, output
from grader.hardware.lamp_tower import Signal, lit
from grader.hardware.wiring import Wiring


def output_lines(wiring: Wiring, *prefixes: str) -> Lines:
    """The lines whose names begin with one of these, as outputs."""
    return Lines(wiring, {name: (pin, output(pin)) for name, pin in wiring.pins() if name.startswith(prefixes)})


class GpioValves:
    """`Valves`."""

    def __init__(self, wiring: Wiring) -> None:
        self._lines = output_lines(wiring, "valves.")
        self._until_s: dict[str, float] = {}
        """When each open valve is to be closed."""

    def open(self, outlet: Outlet, lane: int, pulse_s: float, now_s: float) -> None:
        """`Valves`'."""
        name = f"valves.{outlet.value}.{lane}"
        self._lines.set({name: True})
        self._until_s[name] = now_s + pulse_s

    def step(self, now_s: float) -> None:
        """`Valves`'."""
        if over := [name for name, until_s in self._until_s.items() if now_s >= until_s]:
            self._shut(over)

    def close_all(self) -> None:
        """`Valves`'."""
        if self._until_s:
            self._shut(list(self._until_s))

    def close(self) -> None:
        """`Valves`'."""
        self.close_all()
        self._lines.close()

    def _shut(self, names: list[str]) -> None:
        self._lines.set(dict.fromkeys(names, False))
        for name in names:
            del self._until_s[name]


class GpioDrive:
    """`Drive`: relays of the inverter's run, slow and infeed contacts."""

    def __init__(self, wiring: Wiring) -> None:
        self._lines = output_lines(wiring, "belt", "infeed")
        self._names = {name for name, _ in wiring.pins() if name.startswith(("belt", "infeed"))}
        self._said: dict[str, bool] = {}

    def run(self, *, belt: bool, slowly: bool, infeed: bool) -> None:
        """`Drive`'s."""
        can_slow = "belt_slow" in self._names
        wanted = {
            "belt": belt and (can_slow or not slowly),
            "belt_slow": belt and slowly,
            "infeed": infeed and belt and not slowly,
        }
        says = {name: wanted[name] for name in self._names}
        if says != self._said:
            self._lines.set(says)
            self._said = says

    def close(self) -> None:
        """`Drive`'s."""
        if self._lines.requests:
            self.run(belt=False, slowly=False, infeed=False)
        self._lines.close()


class GpioLampTower:
    """`LampTower`. A colour that has no lamp of its own is shown by all that there are."""

    def __init__(self, wiring: Wiring) -> None:
        self._lines = output_lines(wiring, "lamp_", "buzzer")
        self._colours = [name.removeprefix("lamp_") for name, _ in wiring.pins() if name.startswith("lamp_")]
        self._said: dict[str, bool] = {}

    def show(self, signal: Signal, now_s: float) -> None:
        """`LampTower`'s."""
        on = lit(signal, now_s)
        stands_in = bool(on - {"buzzer"}) and not on & set(self._colours)
        self._say(
            {f"lamp_{colour}": stands_in or colour in on for colour in self._colours} | {"buzzer": "buzzer" in on}
        )

    def close(self) -> None:
        """`LampTower`'s."""
        if self._lines.requests:
            self._say(dict.fromkeys([*(f"lamp_{colour}" for colour in self._colours), "buzzer"], False))
        self._lines.close()

    def _say(self, values: dict[str, bool]) -> None:
        if values != self._said:
            self._lines.set(values)
            self._said = values


class GpioWatchdog:
    """`Watchdog`: one edge a feed."""

    def __init__(self, wiring: Wiring) -> None:
        self._lines = output_lines(wiring, "watchdog")
        self._level = False

    def feed(self) -> None:
        """`Watchdog`'s."""
        self._level = not self._level
        self._lines.set({"watchdog": self._level})

    def close(self) -> None:
        """`Watchdog`'s."""
        if self._lines.requests:
            self._lines.set({"watchdog": False})
        self._lines.close()
