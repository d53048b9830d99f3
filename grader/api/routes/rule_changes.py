"""Changing the rules: shown first, with what the change would have meant, and done only when that is confirmed."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from grader.api.access import At, CanOperate, Manager
from grader.api.audit import audited
from grader.api.bodies import Body, Sentence
from grader.api.errors import ConflictError, UnknownError
from grader.api.packs import last_pack, last_rules, pack_in_use, rule_packs
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.service import Service
from grader.api.times import shown
from grader.api.toml import toml_of
from grader.api.what_if import GradeShift, LimitChange, Offer, changed_pack, shifts
from grader.grading import RulePack
from grader.grading.reading import parse_rule_pack
from grader.store.files import write_in_place
from grader.store.fruit import fruit_since
from grader.trace.desk.desk import utc_ns

ROUTER = APIRouter()
HOUR = timedelta(hours=1)
MOST_FRUIT = 20_000
"""So many are decided again in two seconds."""
LAST = "last"


class RulesWanted(Body):
    """Other rules: a known pack, or other limits, or both."""

    pack: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="A pack by name; `last`: the one before the last change. Left out: the one in use."
    )
    changes: list[LimitChange] = Field([], max_length=20)


class RulesShown(BaseModel):
    """What would change; `token` confirms exactly this, within ten minutes, unless the rules are others by then."""

    token: str
    name: str
    version: str
    sha256: str
    in_use_sha256: str
    since: datetime | None = Field(description="Of the fruit that were decided again; null: there were none.")
    fruit: int = Field(description="The newest of the last hour, 20,000 at most.")
    moved: int = Field(description="Those that would have another grade or outlet.")
    grades: list[GradeShift]


class RulesConfirmed(Body):
    """Do what was shown."""

    token: Annotated[str, Field(min_length=1, max_length=100)]
    why: Sentence


class RulesChanged(BaseModel):
    """What the line grades by from its next start on."""

    name: str
    version: str
    sha256: str
    before_sha256: str
    sentence: str


@ROUTER.post("/rule-packs/preview", responses=NOT_FOUND | CONFLICT)
def preview(caller: CanOperate, service: At, wanted: RulesWanted) -> RulesShown:
    """What other rules would have said of the fruit of the last hour, decided again from the records."""
    now = pack_in_use(service.station)
    new = changed_pack(_chosen(service, wanted.pack, now), wanted.changes, caller.name)
    rows = _recent(service)
    grades, moved = shifts(rows, now, new)
    token = service.offers.show(Offer(new, now.hash), caller.name)
    return RulesShown(
        token=token,
        name=new.name,
        version=new.version,
        sha256=new.hash,
        in_use_sha256=now.hash,
        since=shown(rows[0]["decided_utc_ns"], service.station.trace.zone) if rows else None,
        fruit=sum(one.before for one in grades),
        moved=moved,
        grades=grades,
    )


@ROUTER.post("/rule-packs/change", responses=CONFLICT)
def change(caller: Manager, service: At, confirmed: RulesConfirmed) -> RulesChanged:
    """Do what was shown to the same manager. The line takes it up at its next start; what was in use is kept."""
    offer = service.offers.take(confirmed.token, Offer, caller.name)
    before = pack_in_use(service.station)
    if offer.in_use_sha256 != before.hash:
        raise ConflictError("the rules were changed since this was shown: look at the change again")
    told = {"why": confirmed.why, "name": offer.pack.name, "version": offer.pack.version}
    hashes = {"before_sha256": before.hash, "sha256": offer.pack.hash}
    detail = told | hashes
    texts = {last_rules(service.station): _written(before), service.station.own_rules: _written(offer.pack)}
    service.write(audited(service, caller, "rules.change", offer.pack.name, detail))
    try:
        for path, text in texts.items():  # the old one is kept first; each file is whole at every moment
            write_in_place(path, text.encode())
    except OSError as error:
        service.write(audited(service, caller, "rules.change", offer.pack.name, detail, accepted=False))
        raise ConflictError(f"the rules cannot be written: {error.strerror}; those before stay in use") from error
    sentence = "The line grades by it from its next start on."
    return RulesChanged(name=offer.pack.name, version=offer.pack.version, sentence=sentence, **hashes)


def _chosen(service: Service, name: str | None, now: RulePack) -> RulePack:
    if name is None:
        return now
    found = last_pack(service.station) if name == LAST else rule_packs(service.station).get(name)
    if found is None:
        raise UnknownError("there is no such rule pack: /api/v1/rule-packs lists them")
    return found


def _recent(service: Service) -> list[dict[str, Any]]:
    """Fruit of the last hour, the oldest first."""
    with service.asking_line() as journal:
        return [] if journal is None else fruit_since(journal, utc_ns(service.now() - HOUR), MOST_FRUIT)


def _written(pack: RulePack) -> str:
    """A pack's file. Raises `ConflictError` where that would be another pack."""
    text = toml_of(pack.model_dump(mode="json", exclude_none=True))
    if parse_rule_pack(text, pack.name).hash != pack.hash:
        raise ConflictError("these rules cannot be written down without changing them: edit the file by hand")
    return text
