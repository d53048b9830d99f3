"""One fruit: what was measured, why it got its grade, and how it looked."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from grader.api.access import At, CanRead
from grader.api.bodies import png_response
from grader.api.errors import UnknownError
from grader.api.explaining import FruitExplained, figures_of, margin_of, reason_zh
from grader.api.packs import pack_of
from grader.api.paging import with_times
from grader.api.problems import NOT_FOUND
from grader.api.service import Service
from grader.store.books.followed import SOURCE_BITS
from grader.store.fruit import fruit_on_record
from grader.store.upstream.lists import FRUIT, page

ROUTER = APIRouter()
LONGEST = 33
FruitInPath = Annotated[
    str,
    Path(
        pattern=r"^[1-9][0-9]{0,15}(-[1-9][0-9]{0,15})?$",
        max_length=LONGEST,
        description="Its number in the list of fruit, or `run-number` as the live picture has it.",
        examples=["12-345"],
    ),
]
PNG = png_response(
    "The crop, pixel by pixel what the camera gave.",
    headers={
        name: {"schema": {"type": "integer"}, "description": text}
        for name, text in (
            ("Crop-Left-Px", "Where its first column lies in the frame."),
            ("Crop-Top-Px", "Where its first row lies in the frame."),
            ("Crop-Encoder-Counts", "At the middle of the exposure."),
        )
    },
)


@ROUTER.get("/fruit/{fruit}", responses=NOT_FOUND)
def show_fruit(_: CanRead, request: Request, service: At, fruit: FruitInPath) -> FruitExplained:
    """One fruit, from its decision on: figures, the reason in words, and what became of it."""
    listed = _listed(service, int(fruit)) if "-" not in fruit else None
    run, number = _key(fruit, listed)
    row = _recorded(service, run, number)
    if row is None:
        raise UnknownError("there is no such fruit: /api/v1/fruit lists those that have left the belt")
    source = request.app.state.following.source
    if listed is None and source is not None and row["delivery"] is not None:
        listed = _listed(service, source << SOURCE_BITS | row["delivery"])
    pack = pack_of(service.station, row["rule_pack_sha256"])
    known = with_times(row, service.station.trace.zone)
    return FruitExplained(
        **{name: known[name] for name in FruitExplained.model_fields if name in known and name not in OWN},
        fruit=None if listed is None else listed["fruit"],
        key=f"{run}-{number}",
        number=number,
        lot=None if listed is None else listed["lot"],
        grower=None if listed is None else listed["grower"],
        tray=None if listed is None else listed["tray"],
        pass_number=row["pass_number"] if listed is None else listed["pass_number"],
        outcome=row["outcome"] or "on_the_belt",
        outlet=row["outlet"] if row["outcome"] is None else row["came_to"],
        margin=margin_of(row),
        reason_en=row["reason"],
        reason_zh=reason_zh(row, pack),
        figures=figures_of(row, pack),
    )


OWN = {"fruit", "key", "number", "lot", "grower", "tray", "pass_number", "outcome", "outlet", "margin"}
"""What a row does not say as it is answered."""


@ROUTER.get("/fruit/{fruit}/crop", responses=PNG | NOT_FOUND, response_class=Response)
async def show_crop(_: CanRead, service: At, fruit: FruitInPath) -> Response:
    """How a fruit looked where it was seen best. Vision keeps the newest thousand, while it runs."""
    listed = _listed(service, int(fruit)) if "-" not in fruit else None
    run, number = _key(fruit, listed)
    found = await service.pictures.crop(f"{run}-{number}")
    if found is None:
        raise UnknownError(
            "there is no crop of this fruit: vision keeps those of the newest thousand while it runs; look sooner, or "
            "record the frames (grader run --record)"
        )
    crop, png = found
    headers = {
        "Crop-Left-Px": str(crop.left_px),
        "Crop-Top-Px": str(crop.top_px),
        "Crop-Encoder-Counts": str(crop.encoder_counts),
    }
    return Response(png, media_type="image/png", headers=headers)


def listed_fruit(service: Service, fruit: str, source: int | None) -> dict[str, Any] | None:
    """The fruit of that number or key, as the list has it; None: it is not there, or not yet."""
    if "-" not in fruit:
        return _listed(service, int(fruit))
    run, number = _key(fruit, None)
    row = _recorded(service, run, number)
    if row is None or source is None or row["delivery"] is None:
        return None
    return _listed(service, source << SOURCE_BITS | row["delivery"])


def _key(fruit: str, listed: dict[str, Any] | None) -> tuple[int, int]:
    """Run, and number there."""
    if "-" in fruit:
        run, _, number = fruit.partition("-")
        return int(run), int(number)
    if listed is None:
        raise UnknownError("there is no such fruit: /api/v1/fruit lists those that have left the belt")
    return listed["run"], listed["number"]


def _listed(service: Service, fruit: int) -> dict[str, Any] | None:
    """A fruit as the list has it."""
    with service.asking() as books:
        rows = page(books, FRUIT, {}, fruit - 1, 1, newest=False)
    return rows[0] if rows and rows[0]["fruit"] == fruit else None


def _recorded(service: Service, run: int, number: int) -> dict[str, Any] | None:
    """A fruit as the line's journal has it."""
    with service.asking_line() as journal:
        return None if journal is None else fruit_on_record(journal, run, number)
