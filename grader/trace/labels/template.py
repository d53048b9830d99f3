"""Labels as data: a TOML file says where on how large a label which words and codes stand."""

import string
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from grader.trace.errors import TemplateError
from grader.trace.labels.words import Kind

DEFAULT = "tray-100x70"
SUFFIX = ".label.toml"
LARGEST_FILE_BYTES = 100_000
FOLDER = files("grader.trace.labels") / "templates"

HONEST = {"demo", "reprint"}
FIELDS = {
    Kind.TRAY: HONEST | {
        "packer", "packer_address", "grade_zh", "grade_en", "size", "variety_zh", "variety_en", "origin_zh",
        "origin_en", "harvested_on", "packed_on", "best_before", "count", "net_weight", "batch", "serial",
        "trace_code", "gtin",
    },
    Kind.CERTIFICATE: HONEST | {
        "lot", "product_zh", "product_en", "amount", "origin_zh", "origin_en", "committed_by", "contact", "issued_on",
        "basis_control", "basis_own_test", "basis_commissioned",
    },
}  # fmt: skip
"""Every placeholder that there is."""
NOT_TO_BE_LEFT_OUT = {
    Kind.TRAY: HONEST | {"trace_code"},
    Kind.CERTIFICATE: HONEST | {
        "lot", "product_zh", "amount", "origin_zh", "committed_by", "contact", "issued_on",
        "basis_control", "basis_own_test", "basis_commissioned",
    },
}  # fmt: skip
"""What a label would lie without, or not be valid."""

Mm = Annotated[float, Field(ge=0, le=300)]
LengthMm = Annotated[float, Field(gt=0, le=300)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Box(_Part):
    """A rectangle on the label; x to the right, y down, from the upper left corner."""

    x_mm: Mm
    y_mm: Mm
    width_mm: LengthMm
    height_mm: LengthMm

    def overlaps(self, other: "Box") -> bool:
        """Whether the two have any area in common."""
        return (
            self.x_mm < other.x_mm + other.width_mm
            and other.x_mm < self.x_mm + self.width_mm
            and self.y_mm < other.y_mm + other.height_mm
            and other.y_mm < self.y_mm + self.height_mm
        )


class Text(Box):
    """A line of words."""

    text: str = Field(min_length=1)
    """With placeholders in braces: `产地 Origin: {origin_zh} {origin_en}`."""
    smallest_mm: LengthMm | None = None
    """How small the letters may become so that the line fits its width; None: not smaller than `height_mm`."""
    align: Literal["left", "center", "right"] = "left"
    optional: bool = False
    """Left out where a placeholder has no word. Otherwise that is an error."""

    @property
    def placeholders(self) -> frozenset[str]:
        """The names in braces."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.text) if name is not None)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            _ = self.placeholders
        except ValueError as error:
            raise ValueError(f"{self.text!r} has a brace without its other one") from error
        if self.smallest_mm is not None and self.smallest_mm > self.height_mm:
            raise ValueError("smallest_mm is larger than height_mm")
        return self


class Code(Box):
    """A QR code with its quiet zone."""

    level: Literal["L", "M", "Q", "H"] = "Q"
    """How much of the symbol may be lost: 7, 15, 25, 30 % (ISO/IEC 18004). More makes smaller modules."""


class Rule(Box):
    """A black bar."""


class Template(_Part):
    """A whole label."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: str = Field(min_length=1)
    kind: Kind = Kind.TRAY
    width_mm: LengthMm
    height_mm: LengthMm
    text: tuple[Text, ...]
    code: tuple[Code, ...] = Field(min_length=1)
    rule: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        boxes: tuple[Box, ...] = (*self.text, *self.code, *self.rule)
        for box in boxes:
            if box.x_mm + box.width_mm > self.width_mm or box.y_mm + box.height_mm > self.height_mm:
                raise ValueError(f"{box!r} goes beyond the label of {self.width_mm:g} x {self.height_mm:g} mm")
        for code in self.code:
            if any(code.overlaps(box) for box in boxes if box is not code):
                raise ValueError(f"something stands in the code at {code.x_mm:g}, {code.y_mm:g} mm or its quiet zone")
        said = frozenset().union(*(text.placeholders for text in self.text))
        known = FIELDS[self.kind]
        if strangers := said - known:
            raise ValueError(
                f"there is no word for {', '.join(sorted(strangers))}; there is for {', '.join(sorted(known))}"
            )
        if missing := NOT_TO_BE_LEFT_OUT[self.kind] - said:
            raise ValueError(f"a {self.kind} label must have room for {', '.join(sorted(missing))}")
        return self


def shipped_templates() -> tuple[str, ...]:
    """The names of the templates that come with the station, the default first."""
    found = sorted(entry.name.removesuffix(SUFFIX) for entry in FOLDER.iterdir() if entry.name.endswith(SUFFIX))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


@cache
def shipped_template(name: str = DEFAULT) -> Template:
    """The template `name` that comes with the station; `TemplateError` where there is none."""
    if name not in shipped_templates():
        raise TemplateError(f'no template "{name}" is shipped; allowed: {", ".join(shipped_templates())}')
    return parse_template((FOLDER / f"{name}{SUFFIX}").read_text("utf-8"), name)


def template_named(name: str) -> Template:
    """The template that a station's file names: a shipped one, or a file `*.toml`."""
    return load_template(Path(name)) if name.endswith(".toml") else shipped_template(name)


def load_template(path: Path) -> Template:
    """The template in the file `path`; `TemplateError` says what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise TemplateError(f"{path} is no template: it has more than {LARGEST_FILE_BYTES} bytes")
        return parse_template(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror}: name a *{SUFFIX}") from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"{path} is no text in UTF-8: save it as one") from error


def parse_template(text: str, file: str) -> Template:
    """The template that `text` contains; errors call it `file`."""
    try:
        return Template.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{file} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, part['loc'])) or 'label'}: {part['msg']}" for part in error.errors())
        raise TemplateError(f"{file} is no template that can be used: {problems}") from error
