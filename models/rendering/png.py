"""PNG files of masks, written without a library: the renderer's Python has none that could."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def encode(picture: NDArray[np.uint8]) -> bytes:
    """An RGB picture (rows, columns, 3) as a PNG file (ISO/IEC 15948), lossless."""
    rows, columns, _ = picture.shape
    lines = np.concatenate([np.zeros((rows, 1), dtype=np.uint8), picture.reshape(rows, -1)], axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
