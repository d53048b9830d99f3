"""All examples, by source, kept in out/train-data once they are made."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from grader.vision.network import Question, Skin
from models.training.berries import berry_examples
from models.training.diseased import diseased_examples
from models.training.examples import Example, Examples
from models.training.plate_examples import plate_examples
from models.training.twin_examples import twin_examples

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "out" / "train-data" / "examples"
SHARED = ROOT.parent / "shared" / "data"
TWIN_PARTS = 7
"""Files of examples from the twin."""
PICTURES = 40
"""In each."""
JUDGED = range(400, 440)
"""Pictures of the twin that nothing is learnt from."""
PROCESSES = 2
RENDERED = {"twin", "plates", "twin-judged", "plates-judged"}
SPECK_PX = 120
"""Of an example: 60 pixels of the network's crop, some 4 % of a fruit that fills it. Smaller rot lies mostly at the
rim, foreshortened and in shadow, or is specks that the crop does not resolve."""


def gather() -> dict[str, Examples]:
    """By source; those whose photographs are not there are left out."""
    KEPT.mkdir(parents=True, exist_ok=True)
    makers: dict[str, Callable[[], Iterator[Example]]] = {"twin-judged": lambda: _of_twin(JUDGED)}
    plates = ROOT / "models" / "data" / "plates"
    makers["plates"] = lambda: plate_examples(plates, held_out=False)
    makers["plates-judged"] = lambda: plate_examples(plates, held_out=True)
    if (SHARED / "berries-on-white").is_dir():
        makers["berries"] = lambda: berry_examples(SHARED / "berries-on-white")
    if (SHARED / "fruit-disease").is_dir():
        makers["diseased"] = lambda: diseased_examples(SHARED / "fruit-disease", held_out=False)
        makers["diseased-judged"] = lambda: diseased_examples(SHARED / "fruit-disease", held_out=True)
    found = {"twin": twin(), **{name: _kept(name, make) for name, make in makers.items()}}
    for name in RENDERED & set(found):
        doubt_specks(found[name])
    return found


def doubt_specks(kept: Examples) -> None:
    """Leave open whether fruit decay whose rot is hardly seen: taught as decayed, they make all sound fruit suspect."""
    rot = (kept.skin == Skin.ROT).sum(axis=(1, 2))
    decay = kept.yes[:, Question.DECAY]
    decay[(decay == 1) & (rot < SPECK_PX)] = np.nan


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
