"""A group whose commands are imported when they are called, so that no command pays for another's libraries."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`places` maps a command's name to `module:attribute`, where the command is to be found."""

    def __init__(self, *arguments: Any, places: Mapping[str, str], **settings: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*arguments, **settings)
        self.places = dict(places)

    def list_commands(self, context: click.Context) -> list[str]:
        """The names, in the order of `places`: the order in which a newcomer needs them."""
        return [*self.places, *super().list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the command `name`; None where there is none."""
        if name not in self.places:
            return super().get_command(context, name)
        module, attribute = self.places[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command
