"""Addresses of what events speak of: trays, lots, places, devices, samples. All begin with the cooperative's own host.

A tray with an article number is named as GS1 names an instance, by GTIN and serial alone: the batch is a class of
trays, GTIN and lot. What has no GS1 key has an address of our own, as the Core Business Vocabulary 2.0 allows.
"""

from dataclasses import dataclass
from urllib.parse import quote

from grader.trace.identity import Gtin, TrayIdentity, check_domain
from grader.trace.identity.characters import CSET_82, check_text

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Names:
    """`domain`: the host, as on the labels."""

    domain: str

    @property
    def root(self) -> str:
        """What every address begins with; lower case, for EPCIS compares addresses as texts."""
        return f"https://{check_domain(self.domain).lower()}"

    @property
    def namespace(self) -> str:
        """Of the fields that EPCIS does not know."""
        return f"{self.root}/ns/trace/1/"

    def tray(self, tray: TrayIdentity) -> str:
        """One tray."""
        if tray.gtin is None:
            return f"{self.root}/tray/{quote(tray.batch, safe='')}/{quote(tray.serial, safe='')}"
        return f"{self.root}/01/{tray.gtin.text}/21/{quote(tray.serial, safe='')}"

    def trace_batch(self, gtin: Gtin | None, batch: str) -> str:
        """All trays of a trace batch: a class."""
        batch = quote(check_text(batch, "the trace batch"), safe="")
        return f"{self.root}/batch/{batch}" if gtin is None else f"{self.root}/01/{gtin.text}/10/{batch}"

    def lot(self, lot: str) -> str:
        """A grower's harvest lot: a class, measured in kilograms."""
        return self._own("lot", lot)

    def place(self, place: str) -> str:
        """A place: the station, a cold room, a field."""
        return self._own("place", place)

    def device(self, device: str) -> str:
        """A thermometer, a scale."""
        return self._own("device", device)

    def sample(self, sample: str) -> str:
        """A sample on its way to a laboratory, or retained here."""
        return self._own("sample", sample)

    def _own(self, kind: str, name: str) -> str:
        return f"{self.root}/{kind}/{quote(check_text(name, f'the {kind}', CSET_82, LONGEST_NAME), safe='')}"
