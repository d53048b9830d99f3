"""The station's own settings: shown first, and changed only when that is confirmed."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from grader.api.access import At, CanOperate, CanRead, Manager
from grader.api.audit import audited
from grader.api.bodies import Body, Sentence
from grader.api.errors import ConflictError
from grader.api.own_settings import Difference, OwnSettings, differences, read_own, write_own
from grader.api.problems import CONFLICT

ROUTER = APIRouter()


class SettingsShown(BaseModel):
    """What would change; `token` confirms exactly this, within ten minutes."""

    token: str
    settings: OwnSettings
    differences: list[Difference]


class SettingsConfirmed(Body):
    """Do what was shown."""

    token: Annotated[str, Field(min_length=1, max_length=100)]
    why: Sentence


@dataclass(frozen=True, slots=True)
class _Offer:
    before: OwnSettings
    after: OwnSettings


@ROUTER.get("/settings")
def show_settings(_: CanRead, service: At) -> OwnSettings:
    """What was set at the station; what is null or left out is as `station.toml` says."""
    return read_own(service.station.own_settings)


@ROUTER.post("/settings/preview")
def preview_settings(caller: CanOperate, service: At, wanted: OwnSettings) -> SettingsShown:
    """What would change if the settings were these, all of them."""
    before = read_own(service.station.own_settings)
    token = service.offers.show(_Offer(before, wanted), caller.name)
    return SettingsShown(token=token, settings=wanted, differences=differences(before, wanted))


@ROUTER.post("/settings/change", responses=CONFLICT)
def change_settings(caller: Manager, service: At, confirmed: SettingsConfirmed) -> OwnSettings:
    """Do what was shown to the same manager; those before are kept. The line takes its own up at its next start."""
    offer = service.offers.take(confirmed.token, _Offer, caller.name)
    if offer.before != read_own(service.station.own_settings):
        raise ConflictError("the settings were changed since this was shown: look at the change again")
    changed = [one.model_dump() for one in differences(offer.before, offer.after)]
    detail = {"why": confirmed.why, "differences": changed}
    service.write(audited(service, caller, "settings.change", None, detail))
    try:
        write_own(service.station.own_settings, offer.before, offer.after)
    except OSError as error:
        service.write(audited(service, caller, "settings.change", None, detail, accepted=False))
        raise ConflictError(f"the settings cannot be written: {error.strerror}; those before stay in use") from error
    return offer.after
