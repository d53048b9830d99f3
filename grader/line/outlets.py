"""Where fruit can go now: each outlet open or closed, the tray that stands there, and the room that is left in it."""

from dataclasses import dataclass, field

from grader.grading import Outlet
from grader.line.profile import StationProfile
from grader.line.records import Feed


@dataclass(slots=True)
class Place:
    """An outlet and its tray."""

    outlet: Outlet
    tray: int
    """Number of the tray that stands there, from 1."""
    capacity: int
    limit_g: float | None = None
    """It is full with so much estimated weight, too; None: its fruit are counted only."""
    delivered: int = 0
    """Fruit that its exit sensor has seen fall into this tray."""
    reserved: int = 0
    """Fruit that a shot is bound to send there."""
    delivered_g: float = 0.0
    reserved_g: float = 0.0
    """The estimated weight of both; a fruit without an estimate adds none, and is counted all the same."""
    closed: str | None = None
    """Why nothing may be sent there; None: it is open."""
    recount: str | None = None
    """Why somebody must count the tray; None: its count is sure."""
    lots: set[str | None] = field(default_factory=set)
    """Whose fruit were bound for the tray; None: of nobody that was named."""
    other_lot: bool = False
    """Another lot is fed than the tray has fruit of, and nobody chose to mix them."""

    @property
    def full(self) -> bool:
        """With what is on its way, no more fit."""
        return self._counted_full or self._weighs_enough

    @property
    def _counted_full(self) -> bool:
        return self.delivered + self.reserved >= self.capacity

    @property
    def _weighs_enough(self) -> bool:
        return self.limit_g is not None and self.delivered_g + self.reserved_g >= self.limit_g

    @property
    def why_taken_away(self) -> str:
        """Why somebody puts another tray there now: full by `count`, `weight` or `sensor`, what is wrong, or `hand`."""
        if self.closed is not None:
            return {"tray_full": "sensor", "closed_by_hand": "hand"}.get(self.closed, self.closed)
        if self._counted_full:
            return "count"
        if self._weighs_enough:
            return "weight"
        return "tray_other_lot" if self.other_lot else "hand"

    def expect(self, weight_g: float | None, lot: str | None = None) -> None:
        """A shot is bound to send a fruit of that weight there."""
        self.lots.add(lot)
        self.reserved += 1
        self.reserved_g += weight_g or 0.0

    def no_longer_expect(self, weight_g: float | None) -> None:
        """It will not, or it has."""
        self.reserved -= 1
        self.reserved_g -= weight_g or 0.0

    def receive(self, weight_g: float | None) -> None:
        """A fruit of that weight has fallen in."""
        self.delivered += 1
        self.delivered_g += weight_g or 0.0

    @property
    def obstacle(self) -> str | None:
        """Why no further fruit can be sent there; None: it can."""
        if self.closed is not None:
            return self.closed
        if self.full:
            return "tray_full"
        return "tray_other_lot" if self.other_lot else None


class Outlets:
    """All places of a station; the line alone changes them."""

    def __init__(self, profile: StationProfile, first_tray: int = 1) -> None:
        self._next_tray = first_tray
        self.places = {
            ejector.outlet: Place(ejector.outlet, self._number(), ejector.tray_count, ejector.tray_g)
            for ejector in profile.ejectors
        }

    def __getitem__(self, outlet: Outlet) -> Place:
        return self.places[outlet]

    def close(self, outlet: Outlet, why: str) -> None:
        """Send nothing there any more; the first reason stands until somebody opens it."""
        place = self.places[outlet]
        place.closed = place.closed or why

    def open(self, outlet: Outlet) -> None:
        """Send fruit there again."""
        self.places[outlet].closed = None

    def fed(self, feed: Feed) -> None:
        """These fruit come now: a tray that has some of another lot takes none of them, unless by choice."""
        for place in self.places.values():
            place.other_lot = not feed.mixed and bool(place.lots - {feed.lot})

    def swap(self, outlet: Outlet) -> tuple[int, int]:
        """Put an empty tray there: the numbers of the old and the new one.

        ValueError while fruit are on their way into the old one.
        """
        place = self.places[outlet]
        if place.reserved:
            raise ValueError(f"{place.reserved} fruit are on their way to {outlet}; close it and wait for them")
        old = place.tray
        self.places[outlet] = Place(outlet, self._number(), place.capacity, place.limit_g)
        return old, self.places[outlet].tray

    def _number(self) -> int:
        number, self._next_tray = self._next_tray, self._next_tray + 1
        return number
