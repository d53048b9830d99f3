"""What drifts slowly goes on record now and then, with its limits: seen over weeks, it says what to clean or change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.grading import Outlet
from grader.line.exits import DRIFT_SHARE, ExitWatch
from grader.line.figures import Figure, figure
from grader.line.watching import BRIGHTEST, DIMMEST, MOST_OFF_COLOUR, LampWatch

EVERY_S = 600.0


@dataclass(slots=True)
class DriftRecord:
    """Lamp and ejectors; what the reference spheres say is on record by itself."""

    lamp: LampWatch
    exits: Mapping[Outlet, ExitWatch]
    _told_s: float | None = None
    _looks: int = 0
    _answers: dict[Outlet, int] = field(default_factory=dict)

    def due(self, now_s: float, *, at_once: bool) -> list[Figure]:
        """What has changed since it was last told, once that is long enough ago or the belt comes to rest."""
        if self._told_s is None:
            self._told_s = now_s
        if not at_once and now_s - self._told_s < EVERY_S:
            return []
        self._told_s = now_s
        return [*self._of_lamp(), *self._of_exits()]

    def _of_lamp(self) -> list[Figure]:
        now = self.lamp.now
        if now is None or self.lamp.looks == self._looks:
            return []
        self._looks = self.lamp.looks
        brightness, red, blue = now
        colours = (("lamp_red", red), ("lamp_blue", blue))
        return [
            figure("lamp_brightness", None, brightness, DIMMEST, BRIGHTEST),
            *(figure(name, None, value, 1 - MOST_OFF_COLOUR, 1 + MOST_OFF_COLOUR) for name, value in colours),
        ]

    def _of_exits(self) -> list[Figure]:
        found: list[Figure] = []
        for outlet, watch in self.exits.items():
            if watch.place is None or watch.answered == self._answers.get(outlet):
                continue
            self._answers[outlet] = watch.answered
            usual = watch.usual
            low, high = (None, None) if usual is None else (usual - DRIFT_SHARE, usual + DRIFT_SHARE)
            found.append(figure("arrival", outlet.value, watch.place, low, high))
            found.append(figure("missing", outlet.value, watch.missing_share, None, watch.most_missing_share))
        return found
