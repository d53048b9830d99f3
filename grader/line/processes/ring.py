"""Frames in shared memory: the camera writes them, vision reads them, nobody copies them a second time.

One writer, any number of readers. Each slot is free, being written, or full; only the writer takes free slots and only
the reader whom it was handed to frees it. The ring outlives both, so that either may die.
"""

from contextlib import ExitStack
from multiprocessing.resource_tracker import ensure_running
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

FREE, TAKEN = 0, 1


RingName = tuple[str, int, tuple[int, int, int]]
"""What `FrameRing.attach` wants."""
SLOTS = 8


def shared_ring(size_px: tuple[int, int], stack: ExitStack) -> RingName:
    """A new ring for frames of that width and height; `stack` removes it."""
    ensure_running()  # the helper that watches over shared memory is everybody's, so it is started before anybody
    width, height = size_px
    frames = FrameRing.create(SLOTS, (height, width, 3))
    stack.callback(frames.remove)
    return frames.name, frames.slots, frames.shape


class FrameRing:
    """`slots` frames of one size."""

    def __init__(self, memory: SharedMemory, slots: int, shape: tuple[int, int, int]) -> None:
        """Over `memory`, which `create` makes and `attach` finds."""
        self.name = memory.name
        self.slots = slots
        self.shape = shape
        self._memory = memory
        self._states = np.ndarray((slots,), np.uint8, memory.buf)
        self._frames = np.ndarray((slots, *shape), np.uint8, memory.buf, offset=slots)
        self._next = 0

    @classmethod
    def create(cls, slots: int, shape: tuple[int, int, int]) -> "FrameRing":
        """A new ring, all free."""
        memory = SharedMemory(create=True, size=slots * (1 + int(np.prod(shape))))
        ring = cls(memory, slots, shape)
        ring._states[:] = FREE
        return ring

    @classmethod
    def attach(cls, name: str, slots: int, shape: tuple[int, int, int]) -> "FrameRing":
        """The ring of that name; whoever created it removes it."""
        # Before Python 3.13 whoever attaches registers as an owner too; our processes share one tracker with the
        # creator, where that changes nothing.
        return cls(SharedMemory(name), slots, shape)

    def take(self) -> int | None:
        """The writer's next slot; None: all are full, so the frame is lost."""
        for slot in ((self._next + step) % self.slots for step in range(self.slots)):
            if self._states[slot] == FREE:
                self._states[slot] = TAKEN
                self._next = (slot + 1) % self.slots
                return slot
        return None

    def free(self, slot: int) -> None:
        """The reader is done with it."""
        self._states[slot] = FREE

    def free_all(self) -> None:
        """Whoever held slots is dead."""
        self._states[:] = FREE

    def __getitem__(self, slot: int) -> Frame:
        """The frame in a slot, (rows, columns, 3), BGR."""
        frame: Frame = self._frames[slot]
        return frame

    def close(self) -> None:
        """Let go of the memory; the ring stays for others."""
        del self._states, self._frames
        self._memory.close()

    def remove(self) -> None:
        """Nobody needs it any more."""
        self.close()
        self._memory.unlink()
