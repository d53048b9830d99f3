"""How wrong the network is."""

import torch
from torch import Tensor
from torch.nn import functional

from models.training.augment import Batch

WEIGHTS = {"skin": 1.0, "body": 1.0, "yes": 0.5, "axis": 0.3}
RARE = torch.tensor([1.0, 1.0, 1.2, 1.5, 4.0, 4.0])
"""By class: rot and bruises are few pixels."""

ASKED = torch.tensor([2.5, 1.0, 0.5, 0.7, 0.3])
"""By question, decay first."""


def losses(said: tuple[Tensor, Tensor, Tensor, Tensor], batch: Batch) -> dict[str, Tensor]:
    """Each part, not yet weighted."""
    skin, body, yes, axis = said
    of_cell = -(batch.skin * RARE[:, None, None] * functional.log_softmax(skin, dim=1)).sum(dim=1)
    of_body = functional.binary_cross_entropy_with_logits(body, batch.body, reduction="none")
    asked = ~batch.yes.isnan()
    of_yes = functional.binary_cross_entropy_with_logits(yes, batch.yes.nan_to_num(), reduction="none")
    has_axis = ~batch.axis.isnan().any(dim=1)
    along = functional.cosine_similarity(axis, batch.axis.nan_to_num(), dim=1)
    return {
        "skin": (of_cell * batch.known).sum() / batch.known.sum().clamp(min=1),
        "body": (of_body * batch.body_known).sum() / batch.body_known.sum().clamp(min=1),
        "yes": (of_yes * ASKED * asked).sum() / asked.sum().clamp(min=1),
        "axis": ((1 - along) * has_axis).sum() / has_axis.sum().clamp(min=1),
    }
