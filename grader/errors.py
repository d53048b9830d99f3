"""The one root of every error that the station raises on purpose."""

from typing import ClassVar


class GraderError(Exception):
    """Something is wrong that a person can mend; `str(error)` is the sentence that says what it is and what to do.

    A leaf names its stable code in the class statement, and also inherits the builtin that fits, so that callers who
    know nothing of us can catch it too::

        class PictureError(GraderError, ValueError, code="picture"):
            '''A file is not a picture that can be graded. Take the picture again, or leave the file out.'''

    `code` is what records, upstream systems and translations refer to. It never changes, and no two errors share one.
    """

    code: ClassVar[str]
    _codes: ClassVar[dict[str, type["GraderError"]]] = {}

    def __init_subclass__(cls, *, code: str) -> None:
        """Register the leaf's `code`; a code that another error bears already is a `ValueError` at import."""
        super().__init_subclass__()
        if (bearer := GraderError._codes.get(code)) is not None:
            raise ValueError(f"{cls.__name__} asks for the code {code!r}, which {bearer.__name__} bears")
        GraderError._codes[code] = cls
        cls.code = code
