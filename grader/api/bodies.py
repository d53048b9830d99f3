"""What is sent: the words and numbers that several requests share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from grader.trace.rules.plausible import CODE, LONGEST_CODE

PRINTABLE = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
Text = Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]
ShortCode = Annotated[str, Field(min_length=1, max_length=LONGEST_CODE, pattern=CODE)]
Sentence = Annotated[str, Field(min_length=1, max_length=500, pattern=PRINTABLE)]


class Body(BaseModel):
    """What is sent; a field that is not known is an error, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


class Reason(Body):
    """Why it is done; it is kept with the name of who does it."""

    why: Sentence


def png_response(about: str, **more: object) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI says of an operation that answers a picture."""
    content = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"content": content, "description": about, **more}}
