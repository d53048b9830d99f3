"""`grader model`: whether the network that reads each fruit is the one that belongs to this software."""

from pathlib import Path

import click

from grader.network import load_network, shipped_network

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def model() -> None:
    """Look after the network that reads each fruit."""


@model.command("verify")
@click.argument("path", required=False, type=FILE)
def verify_command(path: Path | None) -> None:
    """Check the network's file against its card, and that it runs. PATH: another one than the shipped."""
    path = path or shipped_network()
    card = load_network(path).card
    click.echo(
        f"{path}: whole, and runs\n"
        f"SHA-256 of the file: {card.sha256}\n"
        f"in records, with its limits: {card.hash}\n"
        f"trained on: {card.trained_on}\n"
        f"decay: suspected from {card.decay_suspected:.3g}, sure from {card.decay_sure:.3g}"
    )
