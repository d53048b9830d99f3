"""Lines of the kernel's gpio-sim, and the other ends of their wires; in the kernel of `make test-hardware` alone."""

from pathlib import Path

CONFIGURATION = Path("/sys/kernel/config/gpio-sim")
THERE = CONFIGURATION.is_dir()


class SimulatedChip:
    """A chip of so many lines; who holds them sees what `pull` does, and `value` sees what they do."""

    def __init__(self, label: str, lines: int = 40) -> None:
        self._device = CONFIGURATION / label
        self._bank = self._device / "bank0"
        self._device.mkdir()
        self._bank.mkdir()
        (self._bank / "num_lines").write_text(str(lines))
        (self._bank / "label").write_text(label)
        (self._device / "live").write_text("1")
        chip = (self._bank / "chip_name").read_text().strip()
        self.path = f"/dev/{chip}"
        self._lines = Path("/sys/devices/platform") / (self._device / "dev_name").read_text().strip() / chip

    def value(self, line: int) -> bool:
        """What the holder of an output drives."""
        return (self._lines / f"sim_gpio{line}" / "value").read_text().strip() == "1"

    def pull(self, line: int, *, up: bool) -> None:
        """What an input sees."""
        (self._lines / f"sim_gpio{line}" / "pull").write_text("pull-up" if up else "pull-down")

    def close(self) -> None:
        (self._device / "live").write_text("0")
        self._bank.rmdir()
        self._device.rmdir()
