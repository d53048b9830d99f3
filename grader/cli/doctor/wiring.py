"""The wiring diagram, drawn from the station's profile: the Pi's header pin by pin, then what hangs on other chips."""

from collections.abc import Iterator

from grader.hardware.wiring import HEADER, Pin, Wiring

HEADER_PINS = (
    "3V3", "5V", 2, "5V", 3, "GND", 4, 14, "GND", 15, 17, 18, 27, "GND", 22, 23, "3V3", 24, 10, "GND",
    9, 25, 11, 8, "GND", 7, 0, 1, 5, "GND", 6, 12, 13, "GND", 19, 16, 26, 20, "GND", 21,
)  # fmt: skip
"""GPIO numbers and supplies of the header's pins 1 to 40."""
NAME_WIDTH = 26


def diagram(wiring: Wiring) -> str:
    """All of it, as text."""
    return "\n".join([*_header(wiring), "", *_table(wiring)])


def _header(wiring: Wiring) -> Iterator[str]:
    if wiring.chip != HEADER:
        return
    names = {pin.line: name for name, pin in wiring.pins() if pin.chip in {None, HEADER}}
    outputs = wiring.outputs()
    yield f"{'':{NAME_WIDTH}}   header of the Raspberry Pi, seen from above, pin 1 towards the board's edge"
    for row in range(len(HEADER_PINS) // 2):
        left, right = HEADER_PINS[2 * row], HEADER_PINS[2 * row + 1]
        yield (
            f"{_words(left, names, outputs, '<-', '->'):>{NAME_WIDTH}} {2 * row + 1:>2} o o {2 * row + 2:<2} "
            f"{_words(right, names, outputs, '->', '<-')}"
        ).rstrip()


def _words(place: int | str, names: dict[int, str], outputs: frozenset[str], out: str, into: str) -> str:
    """A pin's name with an arrow away from the header (what we switch) or towards it (what we read)."""
    if isinstance(place, str):
        return place
    if place not in names:
        return f"(GPIO{place})"
    name = names[place]
    arrow = out if name in outputs else into
    return f"GPIO{place} {arrow} {name}" if out == "->" else f"{name} {arrow} GPIO{place}"


def _table(wiring: Wiring) -> Iterator[str]:
    outputs = wiring.outputs()
    yield f"{'name':<24} {'chip':<16} {'line':>4}  {'way':<6} {'active':<6} wire it to"
    for name, pin in wiring.pins():
        way = "out" if name in outputs else "in"
        active = "low" if pin.active_low else "high"
        yield f"{name:<24} {pin.chip or wiring.chip:<16} {pin.line:>4}  {way:<6} {active:<6} {_what(name, pin)}"


def _what(name: str, pin: Pin) -> str:
    kind, *_ = name.split(".")
    return WIRES[kind] + (" (inverted)" if pin.active_low else "")


WIRES = {
    "encoder_a": "track A of the encoder, level-shifted to 3.3 V",
    "encoder_b": "track B of the encoder, level-shifted to 3.3 V",
    "valves": "driver of the air valve; its 24 V come through the watchdog's relay",
    "exits": "light barrier behind the outlet, active while it is dark",
    "e_stop_released": "auxiliary contact of the safety relay, closed while released",
    "door_closed": "auxiliary contact of the guards' switches in series, closed while shut",
    "air_pressure_ok": "pressure switch, closed above 5 bar",
    "power_ok": "mains contact of the supply or UPS, closed while mains are there",
    "trays_full": "level sensor over the tray, active when full",
    "trays_present": "switch under the tray, closed while one stands there",
    "belt": "run contact of the belt's drive",
    "belt_slow": "second speed of the belt's drive",
    "infeed": "run contact of the infeed",
    "watchdog": "retriggerable 200 ms monostable, which holds the relay of valves and drive",
    "lamp_red": "red lamp",
    "lamp_yellow": "yellow lamp",
    "lamp_green": "green lamp",
    "lamp_blue": "blue lamp",
    "buzzer": "buzzer",
}
