"""Ctrl-C between two pieces of work, not within one."""

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

Piece = TypeVar("Piece")


def until_interrupted(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pass `pieces` on; at Ctrl-C the one in work is finished, and then comes `KeyboardInterrupt`.

    A second Ctrl-C interrupts at once.
    """
    with _noticed() as interrupted:
        for piece in pieces:
            yield piece
            if interrupted.is_set():
                raise KeyboardInterrupt


@contextmanager
def _noticed() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted  # signals reach the main thread alone
        return
    before = signal.getsignal(signal.SIGINT)

    def notice(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, notice)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
