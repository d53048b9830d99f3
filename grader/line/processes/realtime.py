"""What a process asks of the kernel that must act within a millisecond."""

import ctypes
import gc
import os

PRIORITY = 50
MCL_CURRENT_AND_FUTURE = 3


def be_punctual() -> bool:
    """Run before all that has no deadline, stay in memory, collect no garbage; False: the kernel grants no priority.

    Without it a loaded computer makes a process wait 20 ms and more (docs/figures/firing.md). Garbage is not collected
    because nothing in such a process makes cycles.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    ctypes.CDLL(None, use_errno=True).mlockall(MCL_CURRENT_AND_FUTURE)  # without the right to, it swaps as others do
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        return False
    return True
