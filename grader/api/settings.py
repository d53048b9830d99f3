"""The settings of the upstream interface: the table `[api]` of `station.toml`, and what else of that file it needs."""

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.api.errors import SettingsError
from grader.trace.settings import TraceSettings

OWN_SETTINGS, LAST_SETTINGS = "station.settings.toml", "station.settings.last.toml"
"""Beside `station.toml`: the settings that were made at the station, and those before them."""
OWN_RULES, LAST_RULES = "station.rules.toml", "station.rules.last.toml"
"""Beside `station.toml`: the rules that were set at the station, before which those of the file stand back; and those
before them."""


class ApiSettings(BaseModel):
    """What a station decides about those who ask it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests_per_s: Annotated[float, Field(gt=0, le=10_000)] = 50.0
    """Of one key or session, in the long run; those without either share one account an address."""
    burst: Annotated[int, Field(ge=1, le=100_000)] = 200
    """So many at once."""
    wrong_credentials_per_min: Annotated[int, Field(ge=1, le=10_000)] = 30
    """Of one address; then it has to wait."""
    pin_failures: Annotated[int, Field(ge=1, le=20)] = 5
    """Wrong PINs in a row lock an operator's for `pin_lock_min`."""
    pin_lock_min: Annotated[float, Field(gt=0, le=1440)] = 5.0
    session_h: Annotated[float, Field(gt=0, le=168)] = 12.0
    """A session ends so long after it began: a shift."""
    private_targets: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.:-]{1,253}$")], ...] = ()
    """Hosts of webhooks, by name or address, that may lie in a private network."""
    certificate: Path | None = None
    """PEM; None: a self-signed one is made at first start, for any other address than loopback."""
    certificate_key: Path | None = None


class StationOfApi(BaseModel):
    """What the web process needs of `station.toml`; `grader run` reads and checks all of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    rules: str = "cooperative"
    journal: Path = Path("journal.db")
    books: Path = Path("station.db")
    sockets: Path = Path("run")
    own_rules: Path = Path(OWN_RULES)
    own_settings: Path = Path(OWN_SETTINGS)
    trace: TraceSettings = TraceSettings()
    api: ApiSettings = ApiSettings()


def default_store() -> Path:
    """The books that all commands use if nobody names others: below `$XDG_DATA_HOME/grader`."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "grader" / "station.db"


def read_station(path: Path | None, store: Path | None = None) -> StationOfApi:
    """The station of the file `path`, its paths made whole; without one, what lies beside the books `store`.

    Raises `SettingsError`.
    """
    content: dict[str, object] = {}
    if path is not None:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"cannot read {path}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is no TOML: {error}") from error
    try:
        station = StationOfApi.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise SettingsError(f"{path}, {where}: {first['msg']}") from error
    chosen = store or default_store()
    home = chosen.resolve().parent if path is None else path.resolve().parent
    whole = {name: home / getattr(station, name) for name in ("journal", "sockets", "own_rules", "own_settings")}
    books = chosen.resolve() if path is None or store is not None else home / station.books
    rules, template = home / station.rules, home / station.trace.label_template
    named = {
        "rules": str(rules) if rules.is_file() else station.rules,
        "trace": station.trace.model_copy(update={"label_template": str(template)})
        if template.is_file()
        else station.trace,
    }
    return station.model_copy(update={**whole, **named, "books": books})
