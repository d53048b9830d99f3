"""What a tray's label says: what its packing says in the log, so that label, page and proof cannot differ."""

from datetime import date
from typing import Any

from grader.store.books.outbox import last_event_of_tray
from grader.trace.desk.desk import find_tray
from grader.trace.errors import AgainstRulesError
from grader.trace.evidence import read_canonical
from grader.trace.identity import Gtin, TrayIdentity
from grader.trace.labels import TrayLabel, Words
from grader.trace.settings import TraceSettings


def tray_label(books: Any, settings: TraceSettings, number: int) -> TrayLabel:  # noqa: ANN401 - SQL's types stay in store
    """A labelled tray's label, as it may be printed now: a reprint says so; `AgainstRulesError` for a tray without."""
    tray = find_tray(books, number)
    packed = last_event_of_tray(books, number, "packed")
    if packed is None or tray.batch is None or tray.serial is None or tray.best_before is None:
        raise AgainstRulesError(f"tray {number} has no label: label it first")
    facts: Any = read_canonical(packed)["ilmd"]
    if "trace:count" not in facts:
        raise AgainstRulesError(f"tray {number} got its label from older software, which did not say what is in it")
    gtin = settings.gtin.get(tray.outlet)
    variety = str(facts["trace:variety"])
    return TrayLabel(
        identity=TrayIdentity(None if gtin is None else Gtin.from_text(gtin), tray.batch, tray.serial),
        domain=settings.domain,
        packer=settings.packer,
        packer_address=settings.packer_address,
        grade=Words(str(facts["trace:gradeZh"]), str(facts["trace:grade"])),
        size=str(facts["trace:size"]),
        variety=Words(", ".join(settings.varieties.get(one, one) for one in variety.split(", ")), variety),
        origin=Words(settings.origin_zh, settings.origin_en),
        harvested_on=date.fromisoformat(str(facts["trace:harvestedOn"])),
        packed_on=date.fromisoformat(str(facts["trace:packedOn"])),
        best_before=date.fromisoformat(tray.best_before),
        count=int(facts["trace:count"]),
        demo=bool(facts.get("trace:simulated", False)),
        reprint=tray.reprints,
    )
