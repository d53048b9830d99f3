"""From PyTorch to the file that the station loads: uint8 in, probabilities out, the scale part of the first layer."""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn

from grader.vision.network import SIDE_PX
from models.training.net import SCALE, Reader

OPSET = 20


class _Exported(nn.Module):  # type: ignore[misc]
    """Crops as the station has them, answers as it wants them."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = _fused(reader)

    def forward(self, crops_bgr: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        skin, body, yes, axis = self.reader(crops_bgr.permute(0, 3, 1, 2).float())
        return _shares(skin), body.sigmoid(), yes.sigmoid(), axis


def _shares(logits: Tensor) -> Tensor:
    """Softmax over the classes (n, k, h, w), written out.

    ONNX Runtime turns maps around for one over any axis but the last: a third of all its time here.
    """
    odds = (logits - logits.amax(dim=1, keepdim=True)).exp()
    return odds / odds.sum(dim=1, keepdim=True)


def export(reader: Reader, path: Path) -> None:
    """Write `reader` to `path`."""
    exported = _Exported(reader).eval()
    crops = torch.zeros(2, SIDE_PX, SIDE_PX, 3, dtype=torch.uint8)
    torch.onnx.export(
        exported,
        (crops,),
        str(path),
        dynamo=False,
        opset_version=OPSET,
        input_names=["crops_bgr"],
        output_names=["skin", "body", "yes", "axis"],
        dynamic_axes={name: {0: "n"} for name in ("crops_bgr", "skin", "body", "yes", "axis")},
    )


def _fused(reader: Reader) -> Reader:
    """A copy whose batch norms are part of the convolutions before them, and the scale part of the first."""
    reader = copy.deepcopy(reader).eval()
    for module in list(reader.modules()):
        if isinstance(module, nn.Sequential) and len(module) > 1 and isinstance(module[1], nn.BatchNorm2d):
            module[0] = nn.utils.fusion.fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    first = reader.down[0][0]
    first.weight.data *= SCALE
    return reader
