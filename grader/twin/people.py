"""The people at the twin's machine: they change full trays and empty the recheck crate, as fast as people do."""

from dataclasses import dataclass, field

from grader.grading import Outlet
from grader.line.line import Line
from grader.twin.plant import Plant


@dataclass(slots=True)
class People:
    """One pair of hands at each outlet."""

    plant: Plant
    line: Line
    hands_s: float = 2.0
    """From seeing that a tray is full until an empty one stands there."""
    _began_s: dict[Outlet, float] = field(default_factory=dict)

    def look(self) -> None:
        """See what is to be done, go on with it, and finish what is due."""
        for outlet, place in self.line.outlets.places.items():
            if place.obstacle is None or place.reserved:
                self._began_s.pop(outlet, None)
            elif self.plant.now_s - self._began_s.setdefault(outlet, self.plant.now_s) >= self.hands_s:
                del self._began_s[outlet]
                self.plant.swap_tray(outlet)
                self.line.swap_tray(outlet)
