"""What happens to strawberries, as values: each knows how EPCIS 2.0 says it (with the words of CBV 2.0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from grader.trace.events.names import Names
from grader.trace.events.plain import number, utc_text
from grader.trace.identity import TrayIdentity

KILOGRAM = "KGM"
CELSIUS = "CEL"
"""UN/CEFACT Recommendation 20."""

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LotShare:
    """So much of a lot."""

    lot: str
    kg: Decimal


@dataclass(frozen=True, slots=True)
class Things:
    """What an event is about: trays, lots by weight, or both."""

    trays: tuple[TrayIdentity, ...] = ()
    lots: tuple[LotShare, ...] = ()

    def fields(self, names: Names) -> Fields:
        """`epcList` and `quantityList`; the first stands there even if it is empty, as the schema wants one of them."""
        fields: dict[str, object] = {"epcList": [names.tray(tray) for tray in self.trays]}
        if self.lots:
            fields["quantityList"] = _quantities(self.lots, names)
        return fields


class Happening(Protocol):
    """Anything that becomes an event."""

    def fields(self, names: Names) -> Fields:
        """The event without when and where."""


@dataclass(frozen=True, slots=True)
class Received:
    """A grower's lot came in."""

    share: LotShare
    grower: str
    """Never a name: `commit(name, salt)`."""
    plot: str
    variety: str
    harvested_at: datetime
    precooled_at: datetime | None
    """None: there is no record of it."""
    core_c: Decimal | None
    """Temperature in the fruit."""

    def fields(self, names: Names) -> Fields:
        """Receiving. The lot's own facts ride in fields of ours."""
        facts: dict[str, object] = {
            "grower": self.grower,
            "plot": self.plot,
            "variety": self.variety,
            "harvestedAt": utc_text(self.harvested_at),
        }
        if self.precooled_at is not None:
            facts["precooledAt"] = utc_text(self.precooled_at)
        fields: dict[str, object] = {
            **_observed("receiving", "in_progress", Things(lots=(self.share,)), names),
            "trace:lot": facts,
        }
        if self.core_c is not None:
            fields["sensorElementList"] = [{"sensorReport": [_temperature(self.core_c)]}]
        return fields


@dataclass(frozen=True, slots=True)
class Packed:
    """Lots became trays of one trace batch."""

    shares: tuple[LotShare, ...]
    trays: tuple[TrayIdentity, ...]
    grade: str
    best_before: date | None
    made_by: Mapping[str, str]
    """Hashes of rule pack, calibration and model, and the software's version: what judged the fruit."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else the label and the buyer's page say of the trays, by name."""

    def fields(self, names: Names) -> Fields:
        """Transformation: these lots went in, these trays came out."""
        facts: dict[str, object] = {f"trace:{name}": value for name, value in self.facts.items()}
        facts |= {"trace:grade": self.grade, "trace:madeBy": dict(self.made_by)}
        if self.trays:
            facts["trace:batch"] = self.trays[0].batch
        if self.best_before is not None:
            facts["trace:bestBefore"] = self.best_before.isoformat()
        return {
            "type": "TransformationEvent",
            "inputQuantityList": _quantities(self.shares, names),
            "outputEPCList": [names.tray(tray) for tray in self.trays],
            "bizStep": "commissioning",
            "disposition": "in_progress",
            "ilmd": facts,
        }


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sample was taken for a laboratory, or is retained."""

    things: Things
    sample: str
    purpose: str

    def fields(self, names: Names) -> Fields:
        """Sampling."""
        about = {"id": names.sample(self.sample), "purpose": self.purpose}
        return {**_observed("sampling", "in_progress", self.things, names), "trace:sample": about}


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing of it may be sold until it is released."""

    things: Things
    reason: str

    def fields(self, names: Names) -> Fields:
        """Holding."""
        return {**_observed("holding", "non_sellable_other", self.things, names), "trace:reason": self.reason}


@dataclass(frozen=True, slots=True)
class Released:
    """The hold is over."""

    things: Things
    reason: str

    def fields(self, names: Names) -> Fields:
        """Inspecting, with a good end."""
        return {**_observed("inspecting", "conformant", self.things, names), "trace:reason": self.reason}


@dataclass(frozen=True, slots=True)
class Recalled:
    """Whoever has it must not eat or sell it."""

    things: Things
    reason: str

    def fields(self, names: Names) -> Fields:
        """Holding, as recalled."""
        return {**_observed("holding", "recalled", self.things, names), "trace:reason": self.reason}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a thermometer showed."""

    at: datetime
    celsius: Decimal


@dataclass(frozen=True, slots=True)
class ColdChain:
    """The temperatures of a stretch of the way."""

    things: Things
    device: str
    readings: tuple[Reading, ...]
    """At least one."""
    lowest_c: Decimal
    highest_c: Decimal
    """What was agreed; beyond it a reading is an alarm."""
    file_sha256: str | None = None
    """Of the thermometer's own file, which may have more readings."""

    def fields(self, names: Names) -> Fields:
        """Sensor reporting: a report a reading."""
        times = sorted(reading.at for reading in self.readings)
        metadata = {"deviceID": names.device(self.device)}
        if times:
            metadata |= {"startTime": utc_text(times[0]), "endTime": utc_text(times[-1])}
        reports = [self._report(reading) for reading in self.readings]
        agreed = {"lowestC": str(self.lowest_c), "highestC": str(self.highest_c)}
        whole = {} if self.file_sha256 is None else {"trace:readingsSha256": self.file_sha256}
        return {
            **_observed("sensor_reporting", "in_transit", self.things, names),
            "sensorElementList": [{"sensorMetadata": metadata, "sensorReport": reports}],
            "trace:agreed": agreed,
            **whole,
        }

    def _report(self, reading: Reading) -> Fields:
        good = self.lowest_c <= reading.celsius <= self.highest_c
        alarm = {} if good else {"exception": "ALARM_CONDITION"}
        return {**_temperature(reading.celsius), "time": utc_text(reading.at), **alarm}


def _observed(step: str, disposition: str, things: Things, names: Names) -> Fields:
    """An event about things that there were before and are afterwards."""
    fields = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": step, "disposition": disposition}
    return {**fields, **things.fields(names)}


def _quantities(shares: tuple[LotShare, ...], names: Names) -> list[Fields]:
    return [
        {"epcClass": names.lot(share.lot), "quantity": number(share.kg, f"lot {share.lot}"), "uom": KILOGRAM}
        for share in shares
    ]


def _temperature(celsius: Decimal) -> Fields:
    return {"type": "Temperature", "value": number(celsius, "the temperature"), "uom": CELSIUS}
