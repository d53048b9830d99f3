"""What PyTorch does with the examples; skipped where only the station's packages are."""

from pathlib import Path

import numpy as np
import pytest

from grader.vision.network import CELLS, SIDE_PX, Question, Skin
from models.training.examples import UNKNOWN, Example, Examples

torch = pytest.importorskip("torch", reason="needs PyTorch, which make train installs in .cache/train")


@pytest.fixture
def kept() -> Examples:
    """A red half-disc on grey whose axis leads to the right."""
    y, x = np.mgrid[:128, :128] - 63.5
    body = (np.hypot(x, y) < 36) & (x > 0)
    skin = np.where(body, Skin.RED, Skin.BELT).astype(np.uint8)
    picture = np.where(body[..., None], (20, 20, 200), (120, 120, 120)).astype(np.uint8)
    yes = np.array([0, 0, 0, np.nan, np.nan], np.float32)
    return Examples.of([Example(picture, skin, body.astype(np.uint8), yes, np.array([1, 0], np.float32), "one")] * 8)


def test_what_is_turned_is_turned_with_its_axis(kept: Examples) -> None:
    from models.training.augment import whole  # noqa: PLC0415 - needs PyTorch

    batch = whole(kept, torch.arange(8), torch.Generator().manual_seed(1))
    steps = (np.arange(CELLS) + 0.5) / CELLS - 0.5
    for skin, axis in zip(batch.skin.numpy(), batch.axis.numpy(), strict=True):
        red = skin[Skin.RED]
        towards = np.array([(red.sum(axis=0) * steps).sum(), (red.sum(axis=1) * steps).sum()])
        # The middle of the half disc lies on the axis, beyond the middle of the crop, but for the shift.
        assert np.linalg.norm(axis) == pytest.approx(1, abs=1e-5)
        assert towards @ axis > 0


def test_unknown_cells_do_not_count(kept: Examples) -> None:
    from models.training.augment import whole  # noqa: PLC0415 - needs PyTorch
    from models.training.losses import losses  # noqa: PLC0415
    from models.training.net import Reader  # noqa: PLC0415

    kept.skin[:], kept.body[:] = UNKNOWN, UNKNOWN
    batch = whole(kept, torch.arange(8), None)
    parts = {name: float(part.detach()) for name, part in losses(Reader()(batch.crops), batch).items()}
    assert parts["skin"] == parts["body"] == 0
    assert parts["yes"] > 0


# PyTorch's new exporter wants one package more, and writes the same.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_file_says_what_the_network_says(tmp_path: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    from models.training.export import export  # noqa: PLC0415 - needs PyTorch
    from models.training.net import SCALE, Reader  # noqa: PLC0415

    reader = Reader().eval()
    path = tmp_path / "reader.onnx"
    export(reader, path)
    crops = np.random.default_rng(0).integers(0, 256, (5, SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    skin, _, yes, axis = ort.InferenceSession(str(path)).run(None, {"crops_bgr": crops})
    with torch.no_grad():
        said = reader(torch.from_numpy(crops).permute(0, 3, 1, 2).float() * SCALE)
    assert skin == pytest.approx(said[0].softmax(dim=1).numpy(), abs=1e-4)
    assert yes == pytest.approx(said[2].sigmoid().numpy(), abs=1e-4)
    assert axis == pytest.approx(said[3].numpy(), abs=1e-4)
    assert yes.shape == (5, Question.COUNT)
