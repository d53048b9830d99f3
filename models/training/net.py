"""The network's shape, chosen by what it costs: see the table in models/README.md."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from grader.vision.network import CELLS, Question, Skin

SCALE = 1 / 128
"""From grey levels to what the first convolution takes; folded into its weights on export."""
CHANNELS = (16, 24, 32, 48)
"""At 32, 16, 8 and 4 cells a side."""
BODY, STEM, APEX = Skin.COUNT, Skin.COUNT + 1, Skin.COUNT + 2
"""Maps beyond those of the classes."""


def _block(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class Reader(nn.Module):  # type: ignore[misc]
    """Down to 4 cells a side and up again; what is fine is added on the way up."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = CHANNELS
        self.down = nn.ModuleList([_block(3, a, 2), _block(a, b, 2), _block(b, c, 2), _block(c, d, 2)])
        self.deep = _block(d, d)
        self.to_c, self.side_c, self.up_c = nn.Conv2d(d, c, 1), nn.Conv2d(c, c, 1), _block(c, b)
        self.side_b, self.up_b = nn.Conv2d(b, b, 1), _block(b, 16)
        self.side_a = nn.Conv2d(a, 16, 1)
        self.up_a = nn.Sequential(
            nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False), nn.BatchNorm2d(16), nn.Conv2d(16, 16, 1), nn.ReLU()
        )
        self.maps = nn.Conv2d(16, APEX + 1, 1)
        self.head = nn.Sequential(nn.Dropout(0.15), nn.Linear(2 * d + 16, 32), nn.ReLU(), nn.Linear(32, Question.COUNT))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of the classes and of the body, of the questions, and the axis, of `crops` (n, 3, 64, 64) x SCALE."""
        seen = []
        for down in self.down:
            crops = down(crops)
            seen.append(crops)
        a, b, c, d = seen
        d = self.deep(d)
        c = self.up_c(_double(self.to_c(d)) + self.side_c(c))
        b = self.up_b(_double(c) + self.side_b(b))
        a = self.up_a(_double(b) + self.side_a(a))
        maps = self.maps(a)
        skin, body = maps[:, : Skin.COUNT], maps[:, BODY]
        # Rot is small and anywhere: the head is shown the strongest answer of each map as well as means.
        told = torch.cat([d.mean((2, 3)), d.amax((2, 3)), a.amax((2, 3))], dim=1)
        return skin, body, self.head(told), _middle(maps[:, APEX]) - _middle(maps[:, STEM])


def _double(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


def _middle(heat: Tensor) -> Tensor:
    """Centre (n, 2) of `heat` (n, CELLS, CELLS), x and y, in sides of the crop."""
    share = heat.flatten(1).softmax(dim=1).reshape(-1, CELLS, CELLS)
    steps = (torch.arange(CELLS, dtype=heat.dtype) + 0.5) / CELLS
    return torch.stack([(share.sum(1) * steps).sum(1), (share.sum(2) * steps).sum(1)], dim=1)
