"""A long shift in virtual time: nothing lost, nothing in a wrong tray, memory flat.

.venv/bin/python benchmarks/soak.py --fruit 100000
"""

import argparse
import resource

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from benchmarks.virtual_run import run_station
from grader.grading import find_rule_pack
from grader.line.profile import StationProfile
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.simulation import Depth, SimulationSettings, simulate
from grader.twin.virtual import VirtualStation

CRATE = 2000


def main() -> None:
    """Run, print, publish; exit code 1 where anything was lost or wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=100_000)
    parser.add_argument("--fruit-per-s", type=float, default=60.0)
    parser.add_argument("--speed-m-s", type=float, default=1.0)
    arguments = parser.parse_args()
    profile = with_crates(StationProfile())
    settings = SimulationSettings(
        depth=Depth.SIGHTINGS,
        conveyor=ConveyorSettings(speed_mm_s=1000 * arguments.speed_m_s),
        feed=FeedSettings(fruit_per_s=arguments.fruit_per_s),
    )
    memory_mb: list[float] = []

    def look() -> None:
        memory_mb.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    simulation = simulate(profile, settings)
    finished = run_station(profile, find_rule_pack("cooperative"), simulation, arguments.fruit, look)
    summary = finished.summary
    half = memory_mb[len(memory_mb) // 2]
    counts = summary.per_outlet.values()
    rows = [
        ("fruit", str(summary.fruit)),
        ("of simulated time, of wall time", f"{summary.seconds:.0f} s, {finished.wall_s:.0f} s"),
        ("decided for an outlet", str(sum(count["decided"] for count in counts))),
        ("delivered to it", str(sum(count["delivered"] for count in counts))),
        ("in a wrong tray", str(summary.wrong_delivery)),
        ("lost", str(summary.lost)),
        ("late", str(summary.late)),
        ("unconfirmed", str(summary.unconfirmed)),
        ("balance", "holds" if summary.balance else "does not hold"),
        ("most memory, at half and at the end", f"{half:.0f} MB, {memory_mb[-1]:.0f} MB"),
        ("of that the truth and the latencies, which the twin keeps", f"{_kept_mb(finished.station):.0f} MB"),
    ]
    table = markdown(("quantity", "value"), rows)
    print(table)
    about = {
        **provenance(),
        "simulated": f"{arguments.fruit_per_s:g} fruit/s, {arguments.speed_m_s:g} m/s, virtual time, without optics; "
        f"crates of {CRATE} at the outlets: nobody changes trays of 80 at that pace",
    }
    publish("soak", about, "A long shift in virtual time", table, {"memory_mb": memory_mb, "fruit": summary.fruit})
    if summary.wrong_delivery or summary.lost or not summary.balance:
        raise SystemExit(1)


def with_crates(profile: StationProfile) -> StationProfile:
    """The same station with room for `CRATE` fruit at each outlet."""
    ejectors = tuple(ejector.model_copy(update={"tray_count": CRATE}) for ejector in profile.ejectors)
    return profile.model_copy(update={"ejectors": ejectors})


def _kept_mb(station: VirtualStation) -> float:
    """An item has twelve numbers in slots, of 32 bytes each with its share of the list; a latency one."""
    where = station.plant.whereabouts()
    items = sum(len(items) for _, items in where.trays) + len(where.elsewhere)
    return (items * 12 * 32 + len(station.line.latencies_s) * 32) / 1e6


if __name__ == "__main__":
    main()
