"""Would eight-bit integers be faster? Quantise the shipped network and time both: `python -m models.training.int8`.

Static quantisation (QDQ, per channel) by ONNX Runtime, calibrated on the plates that training reads. Needs the
environment of `make train`. Nothing of the station uses the result.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from grader.network import shipped_network
from grader.vision.network import Question
from models.training.examples import Examples, crops_of
from models.training.plate_examples import plate_examples
from models.training.sources import ROOT

BATCH = 12
TURNS = 300
CALIBRATED_ON = 256


class _Crops(CalibrationDataReader):  # type: ignore[misc]
    """Crops in batches, as ONNX Runtime wants them."""

    def __init__(self, crops: NDArray[np.uint8]) -> None:
        self._batches = iter(np.split(crops[: len(crops) // BATCH * BATCH], len(crops) // BATCH))

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The next batch; None: there are no more."""
        return next(({"crops_bgr": batch} for batch in self._batches), None)


def main() -> None:
    """Quantise, time, compare."""
    plates = ROOT / "models" / "data" / "plates"
    learnt, crops = (crops_of(Examples.of(plate_examples(plates, held_out=judged))) for judged in (False, True))
    with tempfile.TemporaryDirectory() as folder:
        plain, quantised = Path(folder) / "plain.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(shipped_network()), str(plain), skip_symbolic_shape=True)
        quantize_static(
            str(plain),
            str(quantised),
            _Crops(learnt[:CALIBRATED_ON]),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        sessions = {"fp32": _session(shipped_network()), "int8": _session(quantised)}
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for turn in range(TURNS):
        batch = crops[turn % 20 * BATCH :][:BATCH]
        for name, session in sessions.items():
            began = time.thread_time()
            session.run(None, {"crops_bgr": batch})
            times[name].append(1e3 * (time.thread_time() - began))
    fp32, int8 = (float(np.median(times[name])) for name in sessions)
    print(f"{BATCH} crops, one thread, n {TURNS}: fp32 {fp32:.2f} ms, int8 {int8 / fp32:.2f} times that")
    answers = [session.run(["yes"], {"crops_bgr": crops})[0][:, Question.DECAY] for session in sessions.values()]
    apart = np.abs(answers[0] - answers[1])
    print(f"probability of decay: apart by {np.median(apart):.3f} (median), {np.quantile(apart, 0.95):.3f} (95 %)")


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
