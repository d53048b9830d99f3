"""`grader tell`: somebody at the machine presses a button of a station that runs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict, Unpack

import click

from grader.cli.at_the_line import ask, linked
from grader.cli.station_file import read_station_file
from grader.grading import Outlet
from grader.line.commands import (
    Abort,
    AcknowledgeAlarm,
    Clear,
    CloseOutlet,
    Command,
    Complete,
    EmptyRecheck,
    Hold,
    OpenOutlet,
    OverrideSphereCheck,
    Reset,
    Start,
    Stop,
    Suspend,
    SwapTray,
    Unhold,
    Unsuspend,
)
from grader.twin.live_plant import ChangeTray, PassReferences

EXIT_REFUSED = 1
FILE = click.Path(dir_okay=False, path_type=Path)


class Words(TypedDict):
    """What may be said beside the command itself."""

    path: Path
    outlet: str | None
    alarm: str | None
    why: str | None
    who: str


BUTTONS: Mapping[str, Command] = {
    "reset": Reset(), "start": Start(), "stop": Stop(), "hold": Hold(), "unhold": Unhold(), "suspend": Suspend(),
    "unsuspend": Unsuspend(), "abort": Abort(), "clear": Clear(), "complete": Complete(),
    "recheck-emptied": EmptyRecheck(),
}  # fmt: skip
OF_AN_OUTLET: Mapping[str, Callable[[Outlet], Command]] = {
    "open-outlet": lambda outlet: OpenOutlet(outlet=outlet),
    "close-outlet": lambda outlet: CloseOutlet(outlet=outlet),
    "swap-tray": lambda outlet: SwapTray(outlet=outlet, tray_id="next"),
}
OTHERS = ("acknowledge", "override-spheres", "lay-spheres")


@click.command()
@click.argument("what", type=click.Choice([*BUTTONS, *OF_AN_OUTLET, *OTHERS]))
@click.option("--station", "path", type=FILE, required=True, help="The station.toml of the station that runs.")
@click.option("--outlet", type=click.Choice([outlet.value for outlet in Outlet]), help="Which outlet.")
@click.option("--alarm", help="The code of the alarm that is acknowledged; with its subject: tray_full:super.")
@click.option("--why", help="Why fruit get a class although the spheres have not passed.")
@click.option("--who", default="the terminal", show_default=True, help="Who says so; it is kept.")
@click.pass_context
def tell(context: click.Context, what: str, **words: Unpack[Words]) -> None:
    """Press a button at a running station: its answer is printed; exit code 1 where it refuses.

    lay-spheres is for a simulated machine: the reference pieces lie on its belt.
    """
    folder = read_station_file(words["path"]).sockets
    if what == "lay-spheres":
        linked(folder, "plant").send(PassReferences())
        click.echo("The spheres and the patch lie on the belt.")
        return
    command = _command(what, words)
    reply = ask(linked(folder, "line"), command)
    if isinstance(command, SwapTray) and reply.accepted:
        linked(folder, "plant").send(ChangeTray(command.outlet))
    click.echo(f"{reply.sentence} ({reply.state.label})")
    context.exit(0 if reply.accepted else EXIT_REFUSED)


def _command(what: str, words: Words) -> Command:
    if what in BUTTONS:
        return BUTTONS[what]
    if what in OF_AN_OUTLET:
        if words["outlet"] is None:
            raise click.UsageError(f"{what} needs --outlet")
        return OF_AN_OUTLET[what](Outlet(words["outlet"]))
    if what == "acknowledge":
        if words["alarm"] is None:
            raise click.UsageError("acknowledge needs --alarm")
        code, _, subject = words["alarm"].partition(":")
        return AcknowledgeAlarm(code=code, subject=subject or None, who=words["who"])
    if words["why"] is None:
        raise click.UsageError("override-spheres needs --why")
    return OverrideSphereCheck(reason=words["why"], who=words["who"])
