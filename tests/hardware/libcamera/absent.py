"""In the place of modules that picamera2 imports and nobody needs here, of previews and raw files (`build.sh`)."""

from typing import Any

__all__: list[str] = []


class Anything:
    """Whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is asked for
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *_: object, **__: object) -> "Anything":
        return self


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as above
    if name.startswith("__"):
        raise AttributeError(name)
    return Anything()
