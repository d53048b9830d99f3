"""`grader api`: serve the upstream interface, print what it understands, and say who may use it."""

import getpass
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from grader.api.acts import create_key, give_pin, revoke_key
from grader.api.clerk import Clerk
from grader.api.door import ask
from grader.api.settings import StationOfApi, read_station
from grader.cli.columns import columns
from grader.store import LockedError, reading
from grader.store.books import BOOKS, Books

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path)
PORT = 8750


def store_options(command: F) -> F:
    """Whose books are meant."""
    station = click.option("--station", type=FILE, help="The station.toml of the station.")
    store = click.option("--store", type=FILE, help="The books; left out: the station's, or the user's own.")
    return station(store(command))


def json_option(command: F) -> F:
    """Answers for programs."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")(command)


@click.group()
def api() -> None:
    """The upstream interface: grade counts by question, by subscription and by file."""


@api.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Any other than loopback is served by TLS.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: any free one.")
@store_options
def serve_command(host: str, port: int, station: Path | None, store: Path | None) -> None:
    """Serve until Ctrl-C. Prints the address, and with it the token that opens the touchscreen's session once."""
    from grader.api.serving import serve  # noqa: PLC0415 - the other commands need no server
    from grader.cli.printer_file import printer_in  # noqa: PLC0415 - nor a printer

    found = _with_folder(read_station(station, store))
    printer = None if station is None else printer_in(station)
    # It begins at once, and looks for damage, which reads the whole file, while it serves.
    with Books(found.books, checked=False) as books:
        serve(found, books, host, port, lambda address, token: click.echo(f"{address}/?token={token}"), printer)


@api.command("schema")
def schema_command() -> None:
    """Print the OpenAPI."""
    from grader.api.app import application  # noqa: PLC0415 - the other commands need no application

    click.echo(json.dumps(application(StationOfApi(), None).openapi(), indent=2, ensure_ascii=False))


@api.command("token")
@store_options
def token_command(station: Path | None, store: Path | None) -> None:
    """Print a new one-time token for the touchscreen of the station that runs."""
    click.echo(ask(read_station(station, store).books, "give_token")["token"])


@api.group("key")
def key() -> None:
    """Keys of upstream systems."""


@key.command("create")
@click.option("--scope", type=click.Choice(["read", "operate", "configure"]), required=True, help="How far it reaches.")
@click.option("--name", default="unnamed", show_default=True, help="Whose it is; for the audit list.")
@json_option
@store_options
def create_key_command(*, scope: str, name: str, station: Path | None, store: Path | None, as_json: bool) -> None:
    """Make a key, and print it: once, for it is not kept."""
    made = _act(station, store, "create_key", create_key, name=name, scope=scope, who=_me())
    click.echo(json.dumps(made) if as_json else made["key"])


@key.command("list")
@json_option
@store_options
def list_keys(*, station: Path | None, store: Path | None, as_json: bool) -> None:
    """List all keys that were ever made."""
    from grader.store.upstream.access import keys  # noqa: PLC0415 - as above

    path = read_station(station, store).books
    found: list[dict[str, Any]] = []
    if path.is_file():
        with reading(path, BOOKS) as books:
            found = keys(books)
    if as_json:
        click.echo(json.dumps({"keys": found}))
        return
    rows = [
        (one["code"], one["scope"], "revoked" if one["revoked_utc_ns"] else "good", one["who"], one["name"])
        for one in found
    ]
    click.echo(columns([("KEY", "SCOPE", "IS", "BY", "NAME"), *rows]) if rows else "  no keys")


@key.command("revoke")
@click.argument("code")
@store_options
def revoke_key_command(code: str, station: Path | None, store: Path | None) -> None:
    """Have the key CODE (as the list calls it) open nothing any more."""
    gone = _act(station, store, "revoke_key", revoke_key, code=code, who=_me())
    click.echo(f"{gone['code']} ({gone['name']}) is revoked.")


@api.command("pin")
@click.argument("name")
@store_options
def pin_command(name: str, station: Path | None, store: Path | None) -> None:
    """Give the operator NAME a new PIN, which is asked for, or read from stdin; a lock on the old one is gone."""
    terminal = sys.stdin.isatty()
    pin = click.prompt("PIN", hide_input=True, confirmation_prompt=True) if terminal else sys.stdin.readline().strip()
    given = _act(station, store, "give_pin", give_pin, name=name, pin=pin, who=_me())
    click.echo(f"{given['name']} ({given['role']}) has a new PIN.")


def _act(
    station: Path | None,
    store: Path | None,
    act: str,
    do: Callable[..., dict[str, Any]],
    **words: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Do it in the books, or have the web process do it that writes to them."""
    found = _with_folder(read_station(station, store))
    try:
        books = Books(found.books, checked=False)
    except LockedError:
        return ask(found.books, act, **words)
    with books:
        return do(Clerk(found, books, time.time_ns), **words)


def _with_folder(station: StationOfApi) -> StationOfApi:
    """The books are made where they are missing; their folder too, where nobody has named one."""
    station.books.parent.mkdir(parents=True, exist_ok=True)
    return station


def _me() -> str:
    try:
        return f"local:{getpass.getuser()}"
    except (KeyError, OSError):
        return "local:unknown"
