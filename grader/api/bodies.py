"""What is sent: the words and numbers that several requests share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PRINTABLE = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
Text = Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]
Sentence = Annotated[str, Field(min_length=1, max_length=500, pattern=PRINTABLE)]


class Body(BaseModel):
    """What is sent; a field that is not known is an error, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


class Reason(Body):
    """Why it is done; it is kept with the name of who does it."""

    why: Sentence
