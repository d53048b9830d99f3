"""Puts the touchscreen's page into the wheel. An editable install has it in the checkout, built or not."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageInWheel(BuildHookInterface):  # type: ignore[type-arg]
    """BuildHookInterface's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """BuildHookInterface's."""
        page = Path(self.root) / "station_ui" / "dist"
        if version == "editable":
            return
        if not (page / "index.html").is_file():
            raise FileNotFoundError("the touchscreen's page is not built: run `make page`, then build the wheel")
        build_data["force_include"][str(page)] = "grader/api/station_ui"
