"""No count is lost at 2,000 edges a second, and a planted gap is noticed: an encoder over a pty, and one of edges.

python benchmarks/encoder_endurance.py --seconds 600
"""

import argparse
import multiprocessing
import os
import pty
import sys
import time
import tty

from grader.hardware.drivers.serial_encoder import SerialEncoder, checksum
from grader.hardware.quadrature import FORWARD, Quadrature

EDGES_S = 2000
LINES_S = 200


def controller(far: int, seconds: float) -> None:
    """Counts at the rate of the edges and says so, on the clock; at the end it has lost three."""
    begins_s = time.monotonic()
    lines = int(seconds * LINES_S)
    for number in range(1, lines + 1):
        time.sleep(max(begins_s + number / LINES_S - time.monotonic(), 0))
        missed = 3 if number == lines else 0
        text = b"E %d %d %d %d" % (number * EDGES_S // LINES_S, time.monotonic_ns() // 1000 % 2**32, number, missed)
        os.write(far, text + b"*" + checksum(text) + b"\r\n")


def over_a_pty(seconds: float) -> tuple[int, int, int]:
    """Counts that are missing, lines that are, and how many the controller said that it had lost."""
    far, near = pty.openpty()
    tty.setraw(near)
    encoder = SerialEncoder(os.ttyname(near))
    talks = multiprocessing.get_context("fork").Process(target=controller, args=(far, seconds))
    talks.start()
    last = first = None
    until_s = time.monotonic() + seconds + 2
    while time.monotonic() < until_s:
        reading = encoder.poll()
        first = first or reading
        last = reading or last
        time.sleep(0.001)
    talks.join()
    assert first is not None  # noqa: S101 - it talks
    assert last is not None  # noqa: S101
    # The driver counts from its first line, which comes after so many.
    expected = int(seconds * LINES_S) * EDGES_S // LINES_S - EDGES_S // LINES_S
    return expected - last.count, encoder.lines_lost, last.lost


def of_edges(seconds: float) -> tuple[int, int, int]:
    """The same of the decoder of kernel edges, in its own time; every 100,000th edge is not shown to it."""
    counter = Quadrature(a=False, b=False)
    edges = int(seconds * EDGES_S)
    hidden = 0
    for number in range(1, edges + 1):
        track, rises = FORWARD[(number - 1) % 4]
        if number % 100_000 == 0:
            hidden += 1
            continue
        counter.edge(track, rises=rises, at_ns=number * 1_000_000_000 // EDGES_S, number=number)
    return edges - counter.count - (edges % 100_000 == 0), hidden, counter.lost


def main() -> int:
    """Both; exit code 1 if a count is lost, or a gap goes unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    seconds = parser.parse_args().seconds
    missing, hidden, noticed = of_edges(seconds)
    print(f"edges: {missing} counts lost in {seconds:g} s at {EDGES_S}/s; {hidden} edges hidden, {noticed} noticed")
    lost, lines, said = over_a_pty(seconds)
    print(f"pty: {lost} counts lost in {seconds:g} s at {EDGES_S}/s, {lines} lines lost; 3 planted, {said} noticed")
    return int(bool(missing or lost) or noticed < hidden - 1 or said != 3)  # noqa: PLR2004 - as planted


if __name__ == "__main__":
    sys.exit(main())
