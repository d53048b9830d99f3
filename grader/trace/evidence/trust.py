"""Whom to trust: a file that comes from the cooperative, and never from where the proof comes from."""

import json
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    model_validator,
)

from grader.trace.errors import NotCanonicalError, TrustFileError, UnreadableError
from grader.trace.evidence.canonical import each_once
from grader.trace.evidence.keys import KeyKind, PublicKey

LARGEST_FILE_BYTES = 1_000_000


class Standing(StrEnum):
    """What a signature of a key is worth."""

    ACTIVE = "active"
    RETIRED = "retired"
    """Out of use in good order: what it signed until then counts."""
    REVOKED = "revoked"
    """In wrong hands, or feared to be: nothing counts, whenever it says that it was signed."""


def _key(kind: KeyKind) -> PlainValidator:
    def read(given: object) -> PublicKey:
        try:
            key = given if isinstance(given, PublicKey) else PublicKey.from_text(str(given))
        except UnreadableError as error:
            raise ValueError(str(error)) from error
        if key.kind != kind:
            mine, theirs = kind.name.lower(), key.kind.name.lower()
            raise ValueError(f"{key.name} is a {theirs}'s key; here stands a {mine}'s")
        return key

    return PlainValidator(read)


_IN_A_LINE = PlainSerializer(lambda key: key.text)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class LogKey(_Part):
    """A key that signs, or signed, a log's checkpoints."""

    key: Annotated[PublicKey, _key(KeyKind.LOG), _IN_A_LINE]
    standing: Standing = Standing.ACTIVE
    until_size: int | None = Field(default=None, ge=0)
    """Of a retired key: the largest tree that it signed."""

    @model_validator(mode="after")
    def _retired_until(self) -> Self:
        if (self.standing == Standing.RETIRED) != (self.until_size is not None):
            raise ValueError(f"{self.key.name}: `until_size` belongs to a retired key, and a retired key has one")
        return self


class Log(_Part):
    """A log and its operator."""

    origin: str = Field(min_length=1)
    holder: str = Field(min_length=1)
    """Who answers for it, in words."""
    keys: tuple[LogKey, ...] = Field(min_length=1)
    witnesses_needed: int = Field(default=0, ge=0)
    """So many of the witnesses below must have cosigned."""


class Witness(_Part):
    """Somebody independent who watches logs."""

    holder: str = Field(min_length=1)
    key: Annotated[PublicKey, _key(KeyKind.WITNESS), _IN_A_LINE]
    standing: Standing = Standing.ACTIVE
    until: AwareDatetime | None = None
    """Of a retired key: the last moment of which its cosignatures count."""

    @model_validator(mode="after")
    def _retired_until(self) -> Self:
        if (self.standing == Standing.RETIRED) != (self.until is not None):
            raise ValueError(f"{self.key.name}: `until` belongs to a retired key, and a retired key has one")
        return self

    def counts_at(self, time: datetime) -> bool:
        """Whether a cosignature of that `time` counts."""
        return self.standing == Standing.ACTIVE or (self.until is not None and time <= self.until)


class Trust(_Part):
    """The whole file."""

    format: Literal["grader-trust/1"]
    logs: tuple[Log, ...] = Field(min_length=1)
    witnesses: tuple[Witness, ...] = ()

    @model_validator(mode="after")
    def _each_for_itself(self) -> Self:
        if len({log.origin for log in self.logs}) != len(self.logs):
            raise ValueError("a log stands here twice: write its keys into one entry")
        raw = [key.key.raw for log in self.logs for key in log.keys] + [witness.key.raw for witness in self.witnesses]
        if len(set(raw)) != len(raw):
            # A cosignature does not commit to its witness's name, so one key under two names would count twice.
            raise ValueError("one key stands here under two names: every log and witness has a key of its own")
        active = {witness.holder for witness in self.witnesses if witness.standing != Standing.REVOKED}
        for log in self.logs:
            if log.witnesses_needed > len(active):
                raise ValueError(f"{log.origin} needs {log.witnesses_needed} witnesses; {len(active)} are named")
        return self

    def log(self, origin: str) -> Log | None:
        """The log of that name, if it is trusted."""
        return next((log for log in self.logs if log.origin == origin), None)


def load_trust(path: Path) -> Trust:
    """Read the trust file `path`; `TrustFileError` says what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise TrustFileError(f"{path} is no trust file: it has more than {LARGEST_FILE_BYTES} bytes")
        return parse_trust(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise TrustFileError(f"{path} cannot be read: {error.strerror}: ask the cooperative for its file") from error
    except UnicodeDecodeError as error:
        raise TrustFileError(f"{path} is no text in UTF-8: ask the cooperative for its file again") from error


def parse_trust(text: str, file: str) -> Trust:
    """Read the trust file that `text` contains; errors call it `file`."""
    try:
        # Of a key that stands twice one reader takes the first and another the last: nobody may trust by such a file.
        with suppress(json.JSONDecodeError):
            json.loads(text, object_pairs_hook=each_once)
        return Trust.model_validate_json(text)
    except NotCanonicalError as error:
        raise TrustFileError(f"{file} is no trust file that can be used: {error}") from error
    except ValidationError as error:
        # A list whose only member is wrong is also reported as too short, which would send people looking for more.
        parts = error.errors()
        parts = [part for part in parts if part["type"] != "too_short"] or parts
        problems = "; ".join(f"{'.'.join(map(str, part['loc'])) or 'file'}: {part['msg']}" for part in parts)
        raise TrustFileError(f"{file} is no trust file that can be used: {problems}") from error


def trust_text(trust: Trust) -> str:
    """The file of `trust`."""
    plain = trust.model_dump(mode="json", exclude_none=True)
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
