"""Scale, scanner and encoder on serial lines: real ones of the kernel, whose other end the test holds."""

import os
import pty
import tty
from collections.abc import Callable, Iterator

import pytest

from grader.hardware.drivers.serial_encoder import SerialEncoder, checksum
from grader.hardware.drivers.serial_port import SerialError
from grader.hardware.drivers.serial_scale import SerialScale
from grader.hardware.drivers.serial_scanner import SerialScanner

SOON_S = 1.0


class OtherEnd:
    """What is at the far end of the cable."""

    def __init__(self) -> None:
        self._file, self._near = pty.openpty()
        tty.setraw(self._near)
        self.path = os.ttyname(self._near)
        os.set_blocking(self._file, True)

    def say(self, *lines: bytes, end: bytes = b"\r\n") -> None:
        os.write(self._file, b"".join(line + end for line in lines))

    def unplug(self) -> None:
        for file in (self._file, self._near):
            if file >= 0:
                os.close(file)
        self._file = self._near = -1


@pytest.fixture
def cable() -> Iterator[OtherEnd]:
    end = OtherEnd()
    yield end
    end.unplug()


def encoder_line(count: int, clock_us: int, number: int, *missed: int) -> bytes:
    text = b" ".join(
        [b"E", *(str(word % 2**32).encode() for word in (count, clock_us, number)), *(b"%d" % m for m in missed)]
    )
    return text + b"*" + checksum(text)


@pytest.mark.parametrize("form", [b"ST,GS,+001234.0 g", b"S S     1234.0 g", b"  +1.2340 kg", b"N   1234.0 g  "])
def test_a_weight_is_stable_once_readings_agree(cable: OtherEnd, form: bytes) -> None:
    scale = SerialScale(cable.path)
    cable.say(*[form] * 5)
    readings = [scale.read(SOON_S) for _ in range(5)]
    assert [reading.weight_g for reading in readings if reading] == [1234.0] * 5
    assert [reading.stable for reading in readings if reading] == [False] * 4 + [True]
    scale.close()


@pytest.mark.parametrize(
    "lines",
    [
        [b"US,GS,+001234.0 g"] * 8,
        [b"S D     1234.0 g"] * 8,
        [b"ST,GS,+001234.0 g", b"ST,GS,+001240.0 g"] * 4,
        [*[b"ST,GS,+001234.0 g"] * 4, b"OL", *[b"ST,GS,+001234.0 g"] * 4],
    ],
)
def test_what_moves_or_is_refused_is_not_stable(cable: OtherEnd, lines: list[bytes]) -> None:
    scale = SerialScale(cable.path)
    cable.say(*lines)
    while (reading := scale.read(0.05)) is not None:
        assert not reading.stable
    scale.close()


def test_a_negative_weight_is_negative(cable: OtherEnd) -> None:
    scale = SerialScale(cable.path)
    cable.say(b"ST,GS,-000005.0 g")
    reading = scale.read(SOON_S)
    assert reading is not None
    assert reading.weight_g == -5
    scale.close()


def test_noise_of_another_rate_is_no_weight(cable: OtherEnd) -> None:
    scale = SerialScale(cable.path)
    cable.say(os.urandom(2000).replace(b"g", b"x").replace(b"G", b"x"), end=b"")
    assert scale.read(0.05) is None
    cable.say(b"", b"ST,GS,+000100.0 g")
    reading = scale.read(SOON_S)
    assert reading is not None
    assert reading.weight_g == 100
    scale.close()


def test_a_scan_is_one_code_a_line(cable: OtherEnd) -> None:
    scanner = SerialScanner(cable.path)
    cable.say(b"0104012345123456\x1d10GV1-A", b"", b"SECOND", end=b"\r")
    assert scanner.read(SOON_S) == "0104012345123456\x1d10GV1-A"
    assert scanner.read(SOON_S) == "SECOND"
    assert scanner.read(0.01) is None
    scanner.close()


def test_counts_are_absolute_so_that_a_lost_line_loses_none(cable: OtherEnd) -> None:
    encoder = SerialEncoder(cable.path)
    cable.say(encoder_line(2**32 - 10, 0, 1), encoder_line(2**32 - 5, 5000, 2))
    encoder.poll()
    cable.say(b"E 17 rubbish*00", encoder_line(10, 20_000, 5))
    reading = encoder.poll()
    assert reading is not None
    assert (reading.count, reading.lost, encoder.lines_lost) == (20, 0, 2)
    encoder.close()


def test_counts_that_the_controller_missed_are_told(cable: OtherEnd) -> None:
    encoder = SerialEncoder(cable.path)
    cable.say(encoder_line(0, 0, 1, 0), encoder_line(50, 5000, 2, 3))
    reading = encoder.poll()
    assert reading is not None
    assert reading.lost == 3
    encoder.close()


def test_speed_follows_the_controllers_clock(cable: OtherEnd) -> None:
    encoder = SerialEncoder(cable.path)
    cable.say(*(encoder_line(15 * nth, 5000 * nth, nth) for nth in range(30)))
    reading = encoder.poll()
    assert reading is not None
    assert reading.speed_counts_s == pytest.approx(3000, rel=0.001)
    encoder.close()


@pytest.mark.parametrize("open_device", [SerialScale, SerialScanner, SerialEncoder])
def test_a_device_that_is_not_there_is_a_sentence(open_device: Callable[[str], object]) -> None:
    with pytest.raises(SerialError, match="Plug the device in"):
        open_device("/dev/no-such-device")


def test_a_file_is_no_serial_port(tmp_path: object) -> None:
    path = f"{tmp_path}/file"
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    with pytest.raises(SerialError, match="no serial port"):
        SerialScale(path)


def test_a_device_that_is_unplugged_says_so_and_closing_twice_is_harmless(cable: OtherEnd) -> None:
    scale = SerialScale(cable.path)
    cable.unplug()
    with pytest.raises(SerialError, match="does not answer"):
        scale.read(SOON_S)
    scale.close()
    scale.close()
