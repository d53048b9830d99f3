"""Train the network: `python -m models.training` (`make train` sets up what it needs)."""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from grader.vision.network import Question
from models.training.augment import whole
from models.training.card import write_card
from models.training.examples import Examples
from models.training.export import export
from models.training.losses import WEIGHTS, losses
from models.training.net import Reader
from models.training.sources import gather

BATCH = 96
STEPS = 8000
RATE = 3e-3
SHARES = {"twin": 0.33, "plates": 0.2, "berries": 0.22, "diseased": 0.25}
"""Of each batch; what is missing is shared out among the others."""
SEED = 4
TOLD_EVERY = 100


def main() -> None:
    """Gather, train, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("-o", "--output", type=Path, default=Path("out/train/reader.onnx"))
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    sources = gather()
    learnt = {name: kept for name, kept in sources.items() if name in SHARES}
    print({name: len(kept) for name, kept in sources.items()}, flush=True)
    network = Reader()
    kept = Examples.together(list(learnt.values()))
    chance = np.concatenate([SHARES[name] * _chances(part) for name, part in learnt.items()])
    _train(network, kept, chance / chance.sum(), arguments.steps)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), arguments.output.with_suffix(".pt"))
    export(network, arguments.output)
    decayed = kept.yes[:, Question.DECAY]
    counts = ", ".join(f"{len(part)} of {name}" for name, part in learnt.items())
    write_card(arguments.output, counts, float(chance[decayed == 1].sum() / chance[~np.isnan(decayed)].sum()))
    print(f"written: {arguments.output}")


def _train(network: Reader, kept: Examples, chance: NDArray[np.float64], steps: int) -> None:
    drawn = np.random.default_rng(SEED)
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.05)
    began_s, told = time.monotonic(), dict.fromkeys(WEIGHTS, 0.0)
    network.train()
    for step in range(1, steps + 1):
        chosen = torch.from_numpy(drawn.choice(len(kept), BATCH, p=chance))
        batch = whole(kept, chosen, generator)
        parts = losses(network(batch.crops), batch)
        loss = sum((WEIGHTS[name] * part for name, part in parts.items()), torch.zeros(()))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        told = {name: told[name] + float(part.detach()) for name, part in parts.items()}
        if step % TOLD_EVERY == 0:
            said = " ".join(f"{name} {value / TOLD_EVERY:.4f}" for name, value in told.items())
            print(f"{step}/{steps} {time.monotonic() - began_s:.0f} s  {said}", flush=True)
            told = dict.fromkeys(WEIGHTS, 0.0)


def _chances(part: Examples) -> NDArray[np.float64]:
    """Of each example, together 1: where both are known to be there, decayed and sound ones are drawn alike often."""
    decayed = part.yes[:, Question.DECAY]
    chances = np.ones(len(part))
    if (decayed == 1).any() and (decayed == 0).any():
        for answer in (0, 1):
            chances[decayed == answer] = (~np.isnan(decayed)).sum() / 2 / (decayed == answer).sum()
    return np.asarray(chances / chances.sum())


if __name__ == "__main__":
    main()
