"""Lines of the kernel's GPIO character device through libgpiod, asked for by the chip's label."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from errno import EBUSY, EINVAL
from pathlib import Path

import gpiod
from gpiod.line import Bias, Clock, Direction, Edge, Value

from grader.errors import GraderError
from grader.hardware.wiring import Pin, Wiring

CONSUMER = "grader"
"""What `gpioinfo` shows as the user of our lines."""
BIASES = {"none": Bias.DISABLED, "pull-up": Bias.PULL_UP, "pull-down": Bias.PULL_DOWN}


class GpioError(GraderError, OSError, code="gpio"):
    """A GPIO chip or line cannot be had. The sentence says what to do."""


def chip_path(label: str) -> str:
    """The device of the chip of that label; numbers change from kernel to kernel."""
    labels: dict[str, str] = {}
    for path in sorted(Path("/dev").glob("gpiochip*")):
        try:
            with gpiod.Chip(str(path)) as chip:
                labels.setdefault(chip.get_info().label, str(path))
        except PermissionError as error:
            raise GpioError(
                f"no right to use {path}: add the user to the group gpio (deploy/install.sh does it), then log in anew"
            ) from error
    if label in labels:
        return labels[label]
    known = ", ".join(sorted(labels)) or "none at all"
    raise GpioError(
        f"there is no GPIO chip {label!r}; this computer has {known}: name one as `chip` under [hardware.gpio]"
    )


def output(pin: Pin) -> gpiod.LineSettings:
    """Inactive from the first moment."""
    bias = BIASES[pin.bias] if pin.bias else Bias.AS_IS
    return gpiod.LineSettings(
        direction=Direction.OUTPUT, output_value=Value.INACTIVE, active_low=pin.active_low, bias=bias
    )


def contact(pin: Pin, *, edges: bool, debounce_ms: float) -> gpiod.LineSettings:
    """Pulled to its inactive level unless the pin says otherwise, so that a cut wire is inactive."""
    towards_inactive = Bias.PULL_UP if pin.active_low else Bias.PULL_DOWN
    return gpiod.LineSettings(
        direction=Direction.INPUT,
        edge_detection=Edge.BOTH if edges else Edge.NONE,
        bias=BIASES[pin.bias] if pin.bias else towards_inactive,
        active_low=pin.active_low,
        event_clock=Clock.MONOTONIC,
        debounce_period=timedelta(milliseconds=debounce_ms if pin.debounce_ms is None else pin.debounce_ms),
    )


class Lines:
    """Lines of one or more chips, by the names that the wiring gives them."""

    def __init__(
        self, wiring: Wiring, settings: Mapping[str, tuple[Pin, gpiod.LineSettings]], *, events: int = 0
    ) -> None:
        """`events`: how many edges the kernel keeps for us of each chip; 0: as many as it likes."""
        self._places = {name: (pin.chip or wiring.chip, pin.line) for name, (pin, _) in settings.items()}
        self.names = {place: name for name, place in self._places.items()}
        self.requests: dict[str, gpiod.LineRequest] = {}
        try:
            for chip in dict.fromkeys(chip for chip, _ in self._places.values()):
                wanted: dict[Iterable[int | str] | int | str, gpiod.LineSettings | None] = {
                    pin.line: line for pin, line in settings.values() if (pin.chip or wiring.chip) == chip
                }
                with _said(chip, [name for name, (of, _) in self._places.items() if of == chip]):
                    self.requests[chip] = gpiod.request_lines(
                        chip_path(chip), consumer=CONSUMER, config=wanted, event_buffer_size=events or None
                    )
        except GpioError:
            self.close()
            raise

    def set(self, values: Mapping[str, bool]) -> None:
        """Switch outputs, those of one chip together."""
        by_chip: dict[str, dict[int | str, Value]] = {}
        for name, active in values.items():
            chip, line = self._places[name]
            by_chip.setdefault(chip, {})[line] = Value.ACTIVE if active else Value.INACTIVE
        for chip, lines in by_chip.items():
            self.requests[chip].set_values(lines)

    def get(self) -> dict[str, bool]:
        """Levels of all of them now."""
        levels: dict[str, bool] = {}
        for chip, request in self.requests.items():
            for line, value in zip(request.offsets, request.get_values(), strict=True):
                levels[self.names[chip, line]] = value is Value.ACTIVE
        return levels

    def edges(self) -> Iterator[tuple[str, gpiod.EdgeEvent]]:
        """What has happened on them, each chip's edges in their order; waits for none."""
        for chip, request in self.requests.items():
            while request.wait_edge_events(0):
                for event in request.read_edge_events():
                    yield self.names[chip, event.line_offset], event

    def fileno(self) -> int:
        """Of the first chip; -1 once closed."""
        return next((request.fd for request in self.requests.values()), -1)

    def close(self) -> None:
        """Let go of them: the kernel turns outputs back into inputs where it does not keep them (docs/hardware.md)."""
        for request in self.requests.values():
            request.release()
        self.requests = {}


@contextmanager
def _said(chip: str, names: list[str]) -> Iterator[None]:
    """Errors of the kernel as sentences."""
    try:
        yield
    except GpioError:
        raise
    except ValueError as error:
        raise GpioError(
            f"the chip {chip} has not all of the lines of {', '.join(names)}: compare with gpioinfo"
        ) from error
    except OSError as error:
        lines = ", ".join(names)
        if error.errno == EBUSY:
            why = "another program has one of them: end it (gpioinfo shows which)"
        elif error.errno == EINVAL:
            why = f"the chip {chip} has no such line, or cannot do what is asked of it: compare with gpioinfo"
        else:
            why = f"{error.strerror}: look with gpioinfo"
        raise GpioError(f"cannot have the lines {lines} of {chip}: {why}") from error
