"""The root of what travels over the Unix socket between the line and the web process, and its plainest parts."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Message(BaseModel):
    """Frozen JSON that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
"""A person, a tray or a subject, as people call it."""
Sentence = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
Count = Annotated[int, Field(ge=0)]
