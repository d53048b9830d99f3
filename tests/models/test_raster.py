"""The mask's side of a plate: which triangle each pixel's centre sees."""

import numpy as np

from models.rendering.raster import rasterise

SQUARE = np.array([[0, 1, 2], [0, 2, 3]])


def square(low: float, high: float) -> np.ndarray:
    return np.array([[low, low], [high, low], [high, high], [low, high]], dtype=float)


def test_a_square_covers_the_pixels_whose_centres_lie_in_it() -> None:
    hits = rasterise(square(2.5, 6.5), np.full(4, 100.0), SQUARE, 10)
    covered = np.zeros(100, dtype=bool)
    covered[hits.pixel] = True
    expected = np.zeros((10, 10), dtype=bool)
    expected[3:7, 3:7] = True
    assert (covered.reshape(10, 10) == expected).all()


def test_the_nearer_of_two_squares_is_seen() -> None:
    pixels = np.concatenate([square(0.5, 8.5), square(3.5, 6.5)])
    depth = np.repeat([100.0, 50.0], 4)
    hits = rasterise(pixels, depth, np.concatenate([SQUARE, SQUARE + 4]), 10)
    first = hits.nearest()
    seen = np.full(100, -1)
    seen[hits.pixel[first]] = hits.triangle[first]
    assert (seen.reshape(10, 10)[4:7, 4:7] >= 2).all()
    assert seen.reshape(10, 10)[1, 1] in (0, 1)


def test_what_lies_outside_of_the_picture_is_not_seen() -> None:
    assert not len(rasterise(square(20.0, 30.0), np.full(4, 100.0), SQUARE, 10).pixel)
    assert len(rasterise(square(-500.0, 500.0), np.full(4, 100.0), SQUARE, 10).nearest()) == 100


def test_weights_give_the_place_within_the_triangle() -> None:
    pixels = square(0.0, 9.0)
    hits = rasterise(pixels, np.full(4, 100.0), SQUARE, 10)
    at = (pixels[SQUARE[hits.triangle]] * hits.weights[..., None]).sum(axis=1)
    assert np.allclose(at[:, 0] + 10 * at[:, 1], hits.pixel)
    assert np.allclose(hits.depth, 100.0)
