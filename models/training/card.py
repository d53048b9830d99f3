"""The card beside the network's file: which file it is, and from which probabilities on decay is suspected and sure.

The two limits follow from what mistakes cost, by Bayes' rule; no picture was looked at to choose them. A fruit is shown
to a person where that costs less than to let it pass, and is waste where that costs less than to show it to a person.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from grader.grading import DecayLimits
from grader.network import Card

IN_A_LOT = 0.01
"""Share of a lot's fruit that rot where the camera sees it: what comes from the field is picked over already."""
COST_MISSED = 60.0
"""A rotten fruit in a tray, in fruit: the tray, a buyer's complaint, and what it infects."""
COST_LOOK = 0.3
"""A person looks at a fruit of the recheck crate and puts it where it belongs."""
COST_WASTED = 1.0
"""A sound fruit is thrown away."""


def choose_limits(learnt_share: float) -> DecayLimits:
    """Limits for a network that learnt from examples of which `learnt_share` were decayed (0-1)."""
    # What it takes for a probability is one among the examples; in a lot, decay is rarer.
    rarer = (IN_A_LOT / (1 - IN_A_LOT)) / (learnt_share / (1 - learnt_share))
    let_pass_below = COST_LOOK / COST_MISSED
    look_below = 1 - COST_LOOK / COST_WASTED
    return DecayLimits(*(_among_examples(share, rarer) for share in (let_pass_below, look_below)))


def _among_examples(in_a_lot: float, rarer: float) -> float:
    """The probability among the examples that is `in_a_lot` in a lot, where decay's odds are `rarer` (below 1)."""
    odds = in_a_lot / (1 - in_a_lot) / rarer
    return odds / (1 + odds)


def write_card(network: Path, trained_on: str, learnt_share: float) -> None:
    """Write the card of the file `network` beside it."""
    limits = choose_limits(learnt_share)
    card = Card(
        sha256=hashlib.sha256(network.read_bytes()).hexdigest(),
        trained_on=f"{datetime.now(UTC).date().isoformat()}, {trained_on}",
        decay_suspected=round(limits.suspected, 4),
        decay_sure=round(limits.sure, 4),
    )
    network.with_suffix(".json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
