"""The demonstration in real time: the station's processes as they run a real machine, against a simulated one."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from grader.cli.demo_books import station_of
from grader.cli.demo_summary import Performance
from grader.cli.onlooker import Onlooker
from grader.cli.showing import Show
from grader.cli.station_file import LAST_CALIBRATION, OWN_CALIBRATION
from grader.cli.twin_station import TwinStation, start
from grader.cli.web_process import Web, free_port
from grader.grading import RulePack
from grader.line.processes.calibrating import Calibrated
from grader.line.profile import StationProfile
from grader.network import OnnxNetwork
from grader.store import Journal, RunStarted
from grader.twin.kept import kept_document
from grader.twin.plant import Whereabouts
from grader.twin.simulation import Depth, SimulationSettings, pictured


def in_real_time(
    profile: StationProfile,
    pack: RulePack,
    settings: SimulationSettings,
    path: Path,
    run: RunStarted,
    show: Show,
    *,
    network: OnnxNetwork | None,
    page: bool,
) -> tuple[Whereabouts, Performance]:
    """One run, or several where the line dies; where everything lies at its end, and how the line did.

    `page`: the touchscreen's page is served beside it.
    """
    Journal(path).close()  # whatever is wrong with it is said before anything moves
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-")))
        document = kept_document(pictured(profile, settings)) if settings.depth is Depth.PIXELS else None
        # A demonstration always begins with the twin's own; what is calibrated in it lies beside its journal.
        own = path.with_name(f"{path.stem}-{OWN_CALIBRATION}"), path.with_name(f"{path.stem}-{LAST_CALIBRATION}")
        station = TwinStation(
            sockets=folder,
            profile=profile,
            pack=pack,
            settings=settings,
            calibration=None if document is None else document.calibration(),
            calibrated=None if document is None else Calibrated(document, *own),
            journal=path,
            begun=run,
            network=network,
            web=Web(station_of(path, folder), free_port()).child() if page else None,
        )
        started = start(station, stack)
        stack.enter_context(show.hearing())
        return Onlooker(folder, profile, show).stay(started)
