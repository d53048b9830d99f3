"""Alarms as data: one per cause, each with what to do, none for what merely follows from another.

The line reports conditions as often as it likes (`report`); the book keeps what an operator should see of them.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from grader.errors import GraderError
from grader.line.commands import AlarmReport, Reaction

RETURNS_WITHIN_S = 300.0
"""A condition that comes back this soon is the same alarm once more: counted, its acknowledgement stands."""
HISTORY = 1000
"""Alarms that are over and still kept here; the journal keeps them all."""


class AlarmError(GraderError, ValueError, code="alarm"):
    """An alarm is not in the catalogue, or nobody could act on it. Add it to the catalogue, with an action."""


class Priority(IntEnum):
    """How soon somebody has to come, after ISA-18.2."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


@dataclass(frozen=True, slots=True)
class Cause:
    """What may suppress another alarm."""

    code: str
    subject: str | None = None
    """Only this process or device; None: whichever."""
    same_subject: bool = False
    """Only where both are about the same outlet or device."""

    def explains(self, code: str, subject: str | None, consequence_subject: str | None) -> bool:
        """Whether the alarm `code` of `subject` is this cause of a consequence about `consequence_subject`."""
        if self.code != code:
            return False
        return subject == consequence_subject if self.same_subject else self.subject in {None, subject}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One entry of the catalogue. `{subject}` in the sentences becomes the outlet, process or device."""

    code: str
    priority: Priority
    reaction: Reaction
    cause: str
    action: str
    follows_from: tuple[Cause, ...] = ()
    """Where one of these is active, this one says nothing new."""
    reaction_by_subject: Mapping[str, Reaction] = field(default_factory=dict)
    """Where it depends on what the alarm is about; `reaction` holds for the rest."""
    only_while_belt_runs: bool = False
    stays_until_acknowledged: bool = False
    """For what happens in a moment, or is cured by stopping: it would be gone before anybody has read it."""

    def __post_init__(self) -> None:
        """Refuse an alarm that nobody understands, or that leaves its reader without anything to do."""
        for name in ("code", "cause", "action"):
            if not getattr(self, name).strip():
                raise AlarmError(
                    f"the alarm {self.code!r} has no {name}: every alarm says what is wrong and what to do"
                )

    def reaction_to(self, subject: str | None) -> Reaction:
        """What the line does by itself about the alarm of `subject`."""
        return self.reaction if subject is None else self.reaction_by_subject.get(subject, self.reaction)


Key = tuple[str, str | None]


class Change(StrEnum):
    """What becomes of an alarm."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm, as it stands. Times are of the wall clock, since people read them."""

    kind: Kind
    subject: str | None
    raised_at_unix_s: float
    last_raised_at_unix_s: float
    count: int = 1
    acknowledged_by: str | None = None
    acknowledged_at_unix_s: float | None = None
    cleared_at_unix_s: float | None = None

    @property
    def key(self) -> Key:
        """What makes it one alarm: its code and what it is about."""
        return self.kind.code, self.subject

    @property
    def reaction(self) -> Reaction:
        """What the line does about it by itself."""
        return self.kind.reaction_to(self.subject)

    def report(self) -> AlarmReport:
        """The alarm as it travels to the screen."""
        words = {"subject": self.subject or "station"}
        return AlarmReport(
            code=self.kind.code,
            subject=self.subject,
            priority=self.kind.priority,
            reaction=self.reaction,
            cause=self.kind.cause.format(**words),
            action=self.kind.action.format(**words),
            count=self.count,
            raised_at_unix_s=self.raised_at_unix_s,
            last_raised_at_unix_s=self.last_raised_at_unix_s,
            acknowledged_by=self.acknowledged_by,
            acknowledged_at_unix_s=self.acknowledged_at_unix_s,
            cleared_at_unix_s=self.cleared_at_unix_s,
        )


@dataclass(slots=True)
class AlarmBook:
    """The alarms of one station."""

    catalogue: Mapping[str, Kind]
    belt_runs: bool = False
    _present: set[Key] = field(default_factory=set)
    """Conditions that hold now, whether or not they are worth an alarm."""
    _active: dict[Key, Alarm] = field(default_factory=dict)
    _over: deque[Alarm] = field(default_factory=lambda: deque(maxlen=HISTORY))
    changes: deque[tuple[Change, Alarm]] = field(default_factory=deque)
    """What became of alarms since the caller last emptied it, oldest first."""

    def report(self, code: str, *, present: bool, now_unix_s: float, subject: str | None = None) -> None:
        """Say that a condition holds, or no longer does; saying it again changes nothing. `AlarmError`: not listed."""
        if code not in self.catalogue:
            raise AlarmError(f"the alarm {code!r} is not in the catalogue: it has {', '.join(sorted(self.catalogue))}")
        key = code, subject
        if (key in self._present) == present:
            return
        if present:
            self._present.add(key)
        else:
            self._present.discard(key)
        self._settle(now_unix_s)

    def belt(self, *, runs: bool, now_unix_s: float) -> None:
        """Say whether the belt runs: some conditions mean nothing while it stands."""
        if runs != self.belt_runs:
            self.belt_runs = runs
            self._settle(now_unix_s)

    def acknowledge(self, code: str, subject: str | None, who: str, now_unix_s: float) -> bool:
        """Note that `who` has seen an active alarm; False where there is none. The first to acknowledge stands."""
        if not who.strip():
            raise AlarmError("an acknowledgement needs a name: say who has seen the alarm")
        alarm = self._active.get((code, subject))
        if alarm is None:
            return False
        if alarm.acknowledged_by is None:
            seen = replace(alarm, acknowledged_by=who, acknowledged_at_unix_s=now_unix_s)
            self._active[alarm.key] = seen
            self.changes.append((Change.ACKNOWLEDGED, seen))
            self._settle(now_unix_s)
        return True

    @property
    def active(self) -> tuple[Alarm, ...]:
        """What an operator should see, most pressing first, of equals the oldest."""
        return tuple(sorted(self._active.values(), key=lambda a: (-a.kind.priority, a.raised_at_unix_s, a.kind.code)))

    @property
    def history(self) -> tuple[Alarm, ...]:
        """Alarms that are over, oldest first."""
        return tuple(self._over)

    def reactions(self) -> tuple[tuple[Reaction, Alarm], ...]:
        """What the line has to do now, strongest first. What stays only to be acknowledged asks for nothing more."""
        acts = [a for a in self.active if a.reaction is not Reaction.NONE and self._is_worth(a.key)]
        order = list(Reaction)
        return tuple((a.reaction, a) for a in sorted(acts, key=lambda a: -order.index(a.reaction)))

    def _settle(self, now_unix_s: float) -> None:
        """Raise what has become worth an alarm, and clear what no longer is."""
        worth = {key for key in self._present if self._is_worth(key)}
        for key in sorted(self._active.keys() - worth, key=str):
            alarm = self._active[key]
            waits = alarm.kind.stays_until_acknowledged and alarm.acknowledged_by is None
            if not waits or self._follows(key):
                del self._active[key]
                self._over.append(replace(alarm, cleared_at_unix_s=now_unix_s))
                self.changes.append((Change.CLEARED, self._over[-1]))
        for key in sorted(worth - self._active.keys(), key=str):
            self._active[key] = self._raised(key, now_unix_s)
            self.changes.append((Change.RAISED, self._active[key]))

    def _is_worth(self, key: Key) -> bool:
        return self._holds(key) and not self._follows(key)

    def _follows(self, key: Key) -> bool:
        # Judged by the conditions and not by the alarms raised: the order in which they are reported must not matter.
        causes = self.catalogue[key[0]].follows_from
        now = [other for other in self._present if self._holds(other)]
        return any(cause.explains(*other, key[1]) for cause in causes for other in now)

    def _holds(self, key: Key) -> bool:
        return key in self._present and (self.belt_runs or not self.catalogue[key[0]].only_while_belt_runs)

    def _raised(self, key: Key, now_unix_s: float) -> Alarm:
        for last in reversed(self._over):
            if last.key == key and abs(now_unix_s - (last.cleared_at_unix_s or 0)) <= RETURNS_WITHIN_S:
                self._over.remove(last)
                return replace(last, count=last.count + 1, last_raised_at_unix_s=now_unix_s, cleared_at_unix_s=None)
        kind = self.catalogue[key[0]]
        return Alarm(kind=kind, subject=key[1], raised_at_unix_s=now_unix_s, last_raised_at_unix_s=now_unix_s)
