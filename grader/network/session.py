"""The network in ONNX Runtime: one thread, uint8 in, as many crops as come."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from grader.grading import DecayLimits
from grader.network.card import NO_NETWORK, NetworkError, shipped_network, verify
from grader.vision.network import CELLS, SIDE_PX, Answers, Question, Skin

OUTPUTS = ["skin", "body", "yes", "axis"]
WARM = 12
"""Crops of the first call, which is slow and is made before any fruit waits for it."""
ROUNDED = 1e-5
"""A sum of probabilities in 32 bits may be off by so much."""


class OnnxNetwork:
    """A `Network`."""

    def __init__(self, path: Path) -> None:
        """From `path`, checked against its card; `NetworkError` where that fails, or ONNX Runtime cannot use it."""
        content, card = verify(path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False  # its memory is cold each time: a twelfth of a frame's time
        self.path, self.card, self.hash = path, card, card.hash
        try:
            self._session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            answers = self(np.zeros((WARM, SIDE_PX, SIDE_PX, 3), np.uint8))
        except Exception as error:  # what ONNX Runtime raises has no root of its own
            raise NetworkError(f"ONNX Runtime cannot use the network: {error}. Install the station again") from error
        check_answers(answers)

    def __call__(self, crops_bgr: NDArray[np.uint8]) -> Answers:
        """What `crops_bgr` (n, SIDE_PX, SIDE_PX, 3) show."""
        return Answers(*self._session.run(OUTPUTS, {"crops_bgr": crops_bgr}))


def check_answers(answers: Answers) -> None:
    """Raises `NetworkError` where these are no answers about WARM crops."""
    shapes = {
        "skin": (WARM, Skin.COUNT, CELLS, CELLS),
        "body": (WARM, CELLS, CELLS),
        "yes": (WARM, Question.COUNT),
        "axis": (WARM, 2),
    }
    for name, shape in shapes.items():
        told = getattr(answers, name)
        if told.shape != shape:
            raise NetworkError(
                f"the network answers {name} as {told.shape} where {shape} is expected: it was made for another version"
            )
        sane = np.isfinite(told).all() if name == "axis" else ((told >= -ROUNDED) & (told <= 1 + ROUNDED)).all()
        if not sane:
            raise NetworkError(f"what the network answers as {name} are no probabilities: train or install it again")


def load_network(path: Path | None = None) -> OnnxNetwork:
    """The network at `path`, by default the shipped one, checked against its card. Raises `NetworkError`."""
    return OnnxNetwork(path or shipped_network())


def hash_of(network: OnnxNetwork | None) -> str:
    """What a run's record says of it."""
    return NO_NETWORK if network is None else network.hash


def limits_of(network: OnnxNetwork | None) -> DecayLimits | None:
    """What its probabilities of decay mean; None: nobody looks."""
    return None if network is None else network.card.decay_limits()
