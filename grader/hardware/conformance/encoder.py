"""What an encoder promises."""

import time
from typing import Protocol

from grader.hardware.conformance import promised
from grader.hardware.encoder import Encoder, EncoderReading

PATIENCE_S = 2.0


class EncoderRig(Protocol):
    """An encoder, and whoever turns it."""

    encoder: Encoder

    def turn(self, counts: int, counts_s: float) -> None:
        """Turn it by so many counts at that rate, then let it stand."""


def settled(encoder: Encoder) -> EncoderReading:
    """What it says once it stands."""
    reading: EncoderReading | None = None
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        new = encoder.poll()
        reading = new or reading
        if new is not None and new.speed_counts_s == 0:
            break
        time.sleep(0.005)
    promised(reading is not None, "an encoder says where it is")
    assert reading is not None  # noqa: S101 - promised
    return reading


def counts_each_way(rig: EncoderRig) -> None:
    """As far forward as it was turned, and back."""
    begins = settled(rig.encoder).count
    rig.turn(200, 500)
    promised(settled(rig.encoder).count - begins == 200, "200 counts forward are 200")  # noqa: PLR2004
    rig.turn(-120, 500)
    promised(settled(rig.encoder).count - begins == 80, "and 120 back leave 80")  # noqa: PLR2004
    promised(settled(rig.encoder).lost == 0, "no count is called lost")


def stands_still(rig: EncoderRig) -> None:
    """An encoder that nobody turns counts nothing, and says so at moments that follow each other."""
    first = settled(rig.encoder)
    time.sleep(0.3)
    second = settled(rig.encoder)
    promised(first.count == second.count, "it counts nothing")
    promised(second.at_s >= first.at_s, "its moments follow each other")
    promised(second.at_s <= time.monotonic(), "and are not to come")


def closes_twice(rig: EncoderRig) -> None:
    """Closing twice is harmless."""
    rig.encoder.close()
    rig.encoder.close()


ALONE = (stands_still,)
WITH_RIG = (stands_still, counts_each_way, closes_twice)
