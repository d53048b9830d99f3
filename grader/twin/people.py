"""The people at the twin's machine: they change full trays and empty the recheck crate, as fast as people do."""

from dataclasses import dataclass, field

from grader.grading import Outlet
from grader.line.commands import EmptyRecheck, OpenOutlet, Origin, SwapTray, Unhold, Unsuspend
from grader.line.states import State
from grader.line.station import Station
from grader.twin.plant import Plant

CRATE_IS_FULL = 0.8
"""People do not wait for the belt to stop: they change the recheck crate at this share of what it holds."""


@dataclass(slots=True)
class People:
    """One pair of hands for each thing that is to be done."""

    plant: Plant
    station: Station
    hands_s: float = 2.0
    """From seeing what is to be done until it is."""
    _began_s: dict[object, float] = field(default_factory=dict)

    def look(self) -> None:
        """See what is to be done, go on with it, and finish what is due."""
        line = self.station.line
        for outlet, place in line.outlets.places.items():
            if self._done(outlet, wanted=place.obstacle is not None and not place.reserved):
                self._swap(outlet)
        crate = self.station.watch.in_crate
        if self._done("crate", wanted=crate >= CRATE_IS_FULL * self.plant.profile.recheck_count):
            self.station.command(EmptyRecheck(), Origin.MACHINE, self.plant.now_s, self.plant.now_s)
        self._go_on()

    def _swap(self, outlet: Outlet) -> None:
        before = self.station.line.outlets[outlet].tray
        now_s = self.plant.now_s
        reply = self.station.command(SwapTray(outlet=outlet, tray_id=str(before + 1)), Origin.MACHINE, now_s, now_s)
        if reply.accepted:
            self.plant.swap_tray(outlet)
            self.station.command(OpenOutlet(outlet=outlet), Origin.MACHINE, now_s, now_s)

    def _go_on(self) -> None:
        """Press the button again once nothing is left that stopped the belt."""
        state = self.station.machine.state
        stands = state in {State.HELD, State.SUSPENDED} and not self.station.alarms.reactions()
        if self._done("go on", wanted=stands):
            command = Unhold() if state is State.HELD else Unsuspend()
            self.station.command(command, Origin.MACHINE, self.plant.now_s, self.plant.now_s)

    def _done(self, task: object, *, wanted: bool) -> bool:
        """Whether hands that see a task as long as it is wanted have just finished it."""
        if not wanted:
            self._began_s.pop(task, None)
            return False
        if self.plant.now_s - self._began_s.setdefault(task, self.plant.now_s) < self.hands_s:
            return False
        del self._began_s[task]
        return True
