"""The settings that people make at the station, in a file of their own beside `station.toml`, before which they go."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.api.errors import SettingsError
from grader.api.settings import LAST_SETTINGS
from grader.api.toml import toml_of
from grader.store.files import write_in_place

OutletName = Literal["super", "I", "II", "processing", "waste"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OutletSettings(_Part):
    """When the tray of an outlet is full; what is left out is as `station.toml` says."""

    tray_count: Annotated[int, Field(ge=1, le=10_000)] | None = None
    tray_g: Annotated[float, Field(gt=0, le=100_000)] | None = Field(None, description="Estimated weight.")


class OwnSettings(_Part):
    """All of them."""

    plan_kg_per_h: Annotated[float, Field(gt=0, le=10_000)] | None = None
    plan_fruit_per_s: Annotated[float, Field(gt=0, le=200)] | None = None
    outlets: dict[OutletName, OutletSettings] = Field(default={}, description="The line's, from its next start on.")


class Difference(BaseModel):
    """A setting that would be another; null: it is not made at the station."""

    name: str = Field(description="`outlets.super.tray_count`")
    before: str | float | None
    after: str | float | None


def read_own(path: Path) -> OwnSettings:
    """The settings in `path`; none where there is no such file. Raises `SettingsError`."""
    if not path.is_file():
        return OwnSettings.model_validate({})
    try:
        return OwnSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        last = path.with_name(LAST_SETTINGS)
        help_ = f"put {last} in its place, or remove it" if last.is_file() else "remove it to go by station.toml alone"
        raise SettingsError(f"{path} is damaged: {help_}") from error


def write_own(path: Path, before: OwnSettings, after: OwnSettings) -> None:
    """What was there is kept first; each file is whole at every moment. Raises OSError."""
    for place, settings in ((path.with_name(LAST_SETTINGS), before), (path, after)):
        write_in_place(place, toml_of(settings.model_dump(mode="json", exclude_none=True)).encode())


def differences(before: OwnSettings, after: OwnSettings) -> list[Difference]:
    """What would be another, by name."""
    was, becomes = _flat(before), _flat(after)
    return [
        Difference(name=name, before=was.get(name), after=becomes.get(name))
        for name in sorted(was.keys() | becomes.keys())
        if was.get(name) != becomes.get(name)
    ]


def _flat(settings: OwnSettings) -> dict[str, str | float]:
    content = settings.model_dump(mode="json", exclude_none=True)
    outlets = content.pop("outlets")
    return content | {
        f"outlets.{outlet}.{name}": value for outlet, facts in outlets.items() for name, value in facts.items()
    }
