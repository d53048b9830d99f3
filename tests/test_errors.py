"""The error root: stable codes, no two alike, builtins included."""

import uuid

import pytest

from grader.errors import GraderError


def unused_code() -> str:
    return f"test-{uuid.uuid4()}"


def test_an_error_is_caught_by_our_root_and_by_the_builtin_that_fits() -> None:
    class BoardTooFarError(GraderError, ValueError, code=unused_code()):
        """A leaf."""

    for root in (GraderError, ValueError):
        with pytest.raises(root, match="move the board closer"):
            raise BoardTooFarError("the board is too far away: move the board closer")


def test_an_error_without_a_code_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="code"):
        type("NamelessError", (GraderError,), {})


def test_two_errors_cannot_share_a_code() -> None:
    code = unused_code()
    type("FirstError", (GraderError,), {}, code=code)
    with pytest.raises(ValueError, match="which FirstError bears"):
        type("SecondError", (GraderError,), {}, code=code)
