"""The touchscreen's page: the files that were built from `station_ui/`, with a policy that lets no other script run."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Header
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from grader.api.errors import NoPageError

ROUTER = APIRouter(include_in_schema=False)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Files below `assets/` bear a hash of their content in their name."""
START = "index.html"


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file as it is sent."""

    content: bytes
    packed: bytes
    """The same by gzip, for a laptop on the packhouse's Wi-Fi."""
    headers: dict[str, str]

    def response(self, accepted: str) -> Response:
        """As the browser takes it."""
        if "gzip" in accepted and len(self.packed) < len(self.content):
            return Response(self.packed, headers={**self.headers, "Content-Encoding": "gzip"})
        return Response(self.content, headers=self.headers)


def built_in() -> Path:
    """Where the page is: beside us in a wheel, in `station_ui/dist` of a checkout."""
    beside = Path(__file__).with_name("station_ui")
    return beside if beside.is_dir() else Path(__file__).parents[2] / "station_ui" / "dist"


@cache
def files(folder: Path) -> dict[str, PageFile]:
    """All files of the page by their path in it; they are read once, so that no path leads anywhere else."""
    if not (folder / START).is_file():
        raise NoPageError("the touchscreen's page is not built: `make page` in the checkout builds it")
    return {
        path.relative_to(folder).as_posix(): _read(path, path.relative_to(folder).parts[0] == "assets")
        for path in folder.rglob("*")
        if path.is_file()
    }


@ROUTER.get("/")
def start(accepted: Annotated[str, Header(alias="Accept-Encoding")] = "") -> Response:
    """The page. Who has no session yet is told so by the page itself: nothing of the station is in it."""
    return files(built_in())[START].response(accepted)


@ROUTER.get("/assets/{name}")
def asset(name: str, accepted: Annotated[str, Header(alias="Accept-Encoding")] = "") -> Response:
    """A script, a style or a picture of the page."""
    found = files(built_in()).get(f"assets/{name}")
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found.response(accepted)


def _read(path: Path, hashed: bool) -> PageFile:  # noqa: FBT001 - one of two kinds of file
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml"))
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if text else kind,
        "Content-Security-Policy": POLICY,
        "Cache-Control": FOR_EVER if hashed else "no-store",
        "Vary": "Accept-Encoding",
    }
    return PageFile(content, gzip.compress(content, 9, mtime=0), headers)
