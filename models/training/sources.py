"""All examples, by source, kept in out/train-data once they are made."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from models.training.berries import berry_examples
from models.training.diseased import diseased_examples
from models.training.examples import Example, Examples
from models.training.plate_examples import plate_examples
from models.training.twin_examples import twin_examples

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "out" / "train-data" / "examples"
SHARED = ROOT.parent / "shared" / "data"
TWIN_PARTS = 8
"""Files of examples from the twin; as many as have been made are learnt from, if there is no time for all."""
PICTURES = 40
"""In each."""
JUDGED = range(400, 440)
"""Pictures of the twin that nothing is learnt from."""
PROCESSES = 2


def gather() -> dict[str, Examples]:
    """By source; those whose photographs are not there are left out."""
    KEPT.mkdir(parents=True, exist_ok=True)
    makers: dict[str, Callable[[], Iterator[Example]]] = {"twin-judged": lambda: _of_twin(JUDGED)}
    makers["plates"] = lambda: plate_examples(ROOT / "models" / "data" / "plates")
    if (SHARED / "berries-on-white").is_dir():
        makers["berries"] = lambda: berry_examples(SHARED / "berries-on-white")
    if (SHARED / "fruit-disease").is_dir():
        makers["diseased"] = lambda: diseased_examples(SHARED / "fruit-disease", held_out=False)
        makers["diseased-judged"] = lambda: diseased_examples(SHARED / "fruit-disease", held_out=True)
    return {"twin": twin(), **{name: _kept(name, make) for name, make in makers.items()}}


def twin() -> Examples:
    """All examples from the twin that are learnt from."""
    first = range(0, TWIN_PARTS * PICTURES, PICTURES)
    return Examples.together([_kept(f"twin-{n}", partial(_of_twin, range(n, n + PICTURES))) for n in first])


def _kept(name: str, make: Callable[[], Iterator[Example]]) -> Examples:
    path = KEPT / f"{name}.npz"
    if not path.exists():
        # Under another name first: what was interrupted is made again.
        unfinished = path.with_name(f"{name}.part.npz")
        Examples.of(make()).save(unfinished)
        unfinished.replace(path)
    return Examples.load(path)


def _of_twin(numbers: range) -> Iterator[Example]:
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for found in pool.map(_listed, numbers, chunksize=4):
            yield from found


def _listed(number: int) -> list[Example]:
    return list(twin_examples(number))
