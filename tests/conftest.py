"""What every test may ask for."""

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine is, and who else uses it, is no property of the code: speed is measured in benchmarks.
settings.register_profile("station", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("station")

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the whole station: its tests mostly wait for a belt in real time, and the others fill the gaps.

    `--dist worksteal` cuts the list into as many pieces as there are workers. Half of the pieces begin with their share
    of them: more stations at once than there are cores starve each other.
    """
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    station = [item for item in items if "tests/system" in item.nodeid]
    others = iter([item for item in items if "tests/system" not in item.nodeid])
    piece = len(items) // workers
    busy = (workers + 1) // 2
    shares = [station[first::busy] if first < busy else [] for first in range(workers)]
    items[:] = [one for share in shares for one in (*share, *islice(others, max(0, piece - len(share))))] + list(others)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder `../shared/data`; a clone elsewhere has none, and skips what needs it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data, which only the founders' workplace has")
    return folder
