"""The hot path, from a decoded frame to measurements with uncertainty; each stage is a module of its own."""

import numpy as np
from numpy.typing import NDArray

from grader.vision.axis import Axes, doubt_contested, lean_on_taper, point_away
from grader.vision.calibration import Calibration
from grader.vision.census import Census, count_pixels
from grader.vision.colour import colour_table
from grader.vision.edges import RAYS, Edges, find_edges
from grader.vision.geometry import Sight
from grader.vision.likeness import LARGEST_FRUIT_MM, is_stain, is_strange, may_be_fruit, narrowest_mm
from grader.vision.maturity import measure_maturity, read_maturity
from grader.vision.network import Network
from grader.vision.objects import find_objects
from grader.vision.photograph import frame_and_belt
from grader.vision.reading import ask, interpret, unread
from grader.vision.rings import Rings
from grader.vision.sightings import Sightings, WhyNot
from grader.vision.size import EQUATOR, Widths, measure_widths
from grader.vision.volume import estimate_diameter, estimate_volume

Array = NDArray[np.float64]

COARSE_MM = 0.9
"""A coarse pixel is at most this large on the belt, so that the smallest fruit is ten of them across,"""
COARSEST_STEP = 4
"""and at most this many frame pixels, so that the rays reach both sides of the edge."""
SURELY_NONE = 0.95
"""What the network takes for no fruit with this probability gets no row."""
LIKELY_NONE = 0.5
"""Of what colour finds strange already the network need not be so sure."""
SMALLEST_FRUIT_MM = 9.0
"""Nothing smaller is looked for: petals, seeds, drops."""
SOFTEST_EDGE_PX = 2.3
"""Standard deviation of an edge's fall. 3 px of motion blur is 0.9, a good lens adds 0.7 and our sampling 0.6."""
SHORTEST = 0.80
"""A fruit that seems shorter than this, in widths, is measured along its axis, or is two. Of 848 rendered fruit the
shortest is 0.87 as long as wide."""
MOST_SKEW, MOST_SKEW_CONTESTED = 0.25, 0.10
"""A fruit whose widest section is this crooked lies otherwise than its calyx says; the second where it may be another's
calyx. Of 928 rendered fruit 2 % are above the first, with errors of 1.5 mm and more, against 0.4 mm of the others."""
TOUCHES_EDGE = 2
"""Coarse pixels from the frame's edge within which a fruit may go on outside."""


def measure(
    frame_bgr: NDArray[np.uint8], calibration: Calibration, network: Network | None = None, *, doubt: bool = True
) -> Sightings:
    """Find and measure every fruit in `frame_bgr` (h, w, 3), a frame of the camera of `calibration`.

    What is not fruit gets no row. Without a `network` nobody looks for decay and bruises. Without `doubt` what the
    network alone takes for no fruit keeps its row. ValueError if the frame's size is not the calibration's.
    """
    if frame_bgr.shape[1::-1] != calibration.camera.size_px:
        raise ValueError(f"a frame of {frame_bgr.shape[1::-1]} px for a calibration of {calibration.camera.size_px} px")
    as_taken, sight = frame_bgr, Sight.of(calibration)
    step = int(min(max(COARSE_MM / sight.mm_per_px, 1), COARSEST_STEP))
    frame_bgr, belt_colour = frame_and_belt(as_taken, calibration, network)
    table = colour_table(belt_colour, calibration.colour)

    objects = find_objects(frame_bgr, table, step, SMALLEST_FRUIT_MM / sight.mm_per_px / step)
    census = count_pixels(objects)
    across_mm = narrowest_mm(objects, step * sight.mm_per_px)
    strange = is_strange(census)
    # Without the network what is strange is left to the recheck crate, as all is that nobody ejects.
    kept = may_be_fruit(objects, census, across_mm) & (~strange | (network is not None))
    objects, census, across_mm, strange = objects.only(kept), census.only(kept), across_mm[kept], strange[kept]
    hulls_px = Rings.of(objects.hulls, step)
    edges = find_edges(frame_bgr, table, hulls_px)
    centre_px = hulls_px.centroid()
    answers = ask(network, as_taken, objects, step) if network else None
    reading = interpret(answers) if answers else unread(len(objects))
    cut = _cut(edges, calibration.camera.size_px, step)
    # Of what the frame cuts the network sees too little to say.
    no_fruit = (reading.no_fruit > SURELY_NONE) & ~cut & doubt | strange & (reading.no_fruit > LIKELY_NONE)
    # Against a belt that was only guessed, a missing edge proves nothing.
    if calibration.belt_colour:
        no_fruit |= is_stain(objects, census, edges)
    if no_fruit.any():
        objects, census, edges = objects.only(~no_fruit), census.only(~no_fruit), edges.only(~no_fruit)
        across_mm, centre_px, reading = across_mm[~no_fruit], centre_px[~no_fruit], reading.only(~no_fruit)
        cut = cut[~no_fruit]
    centre_mm = sight.on_belt(centre_px)
    middle_mm = EQUATOR * sight.mm_per_px * step * np.sqrt(objects.area / np.pi)
    outline_mm = sight.on_belt(edges.point_px)
    axes = _find_axes(objects.contested, census, step, sight, centre_mm, middle_mm)
    axes = lean_on_taper(axes, outline_mm, centre_mm)
    widths = measure_widths(edges, outline_mm, sight, axes.direction, calibration.scale_u)
    maturity = measure_maturity(objects, census)
    if answers and calibration.plain_scale:
        maturity = read_maturity(answers, ~no_fruit)
    diameter_mm, diameter_u_mm = estimate_diameter(widths)
    volume_mm3, volume_u_mm3 = estimate_volume(widths)

    heap = across_mm >= LARGEST_FRUIT_MM
    blurred = _softer_quarter(edges) > SOFTEST_EDGE_PX
    why_not = np.full(len(objects), WhyNot.NOTHING, np.int8)
    for unfit, reason in (
        (~widths.seen | objects.holed | heap | (widths.width_mm < SMALLEST_FRUIT_MM), WhyNot.HIDDEN),
        (~axes.known | _wrong_axis(widths, objects.contested), WhyNot.NO_AXIS),
        (blurred, WhyNot.BLURRED),
        (cut, WhyNot.CUT),
    ):
        why_not[unfit] = reason
    axis_deg, caliper_px = _in_picture(sight, axes.direction, centre_mm, middle_mm, widths.caliper_mm)
    numbers = {
        "width_mm": widths.width_mm,
        "width_u_mm": widths.width_u_mm,
        "diameter_mm": diameter_mm,
        "diameter_u_mm": diameter_u_mm,
        "length_mm": widths.length_mm,
        "axis_deg": axis_deg,
        "maturity": maturity.seen,
        "maturity_u": maturity.u,
        "surface_red": maturity.surface,
        "volume_mm3": volume_mm3,
        "volume_u_mm3": volume_u_mm3,
        "rot_mm2": reading.rot * widths.area_mm2,
        "bruise_mm2": reading.bruise * widths.area_mm2,
    }
    known = np.where(why_not == WhyNot.NOTHING, np.array(list(numbers.values())), np.nan)
    return Sightings(
        centre_px=step * census.flesh_centre(),
        why_not=why_not,
        **dict(zip(numbers, known, strict=True)),
        decay=reading.decay,
        outline_px=edges.point_px,
        caliper_px=caliper_px,
        objects=objects,
        step=step,
        size_px=calibration.camera.size_px,
    )


def _cut(edges: Edges, size_px: tuple[int, int], step: int) -> NDArray[np.bool_]:
    """Whose outline comes so near to the edge of a frame of `size_px` that it may go on outside: (n,)."""
    first_px, last_px = edges.point_px.min(axis=1), edges.point_px.max(axis=1)
    margin_px = TOUCHES_EDGE * step
    return np.asarray(((first_px < margin_px) | (last_px > np.array(size_px) - 1 - margin_px)).any(axis=1))


def _softer_quarter(edges: Edges) -> Array:
    """Softness that a quarter of each fruit's edges exceed, (n,), px: motion smears only those that lie across it."""
    softness = np.sort(np.where(edges.found, edges.softness_px, -1.0), axis=1)
    return np.asarray(softness[np.arange(len(softness)), RAYS - 1 - edges.found.sum(axis=1) // 4], np.float64)


def _wrong_axis(widths: Widths, contested: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whose shape contradicts the axis that the calyx gave: (n,)."""
    short = widths.length_mm < SHORTEST * widths.width_mm
    return np.asarray(short | (widths.skew > np.where(contested, MOST_SKEW_CONTESTED, MOST_SKEW)))


def _find_axes(
    contested: NDArray[np.bool_], census: Census, step: int, sight: Sight, centre_mm: Array, middle_mm: Array
) -> Axes:
    """The way from each calyx to the middle of its fruit, as far as it is known whose calyx it is."""
    count, calyx = census.calyx()
    axes = point_away(step * calyx, count, sight, centre_mm, middle_mm)
    if not contested.any():
        return axes
    count, calyx = census.calyx(on_fruit_only=True)
    return doubt_contested(axes, point_away(step * calyx, count, sight, centre_mm, middle_mm), contested)


def _in_picture(
    sight: Sight, direction: Array, centre_mm: Array, height_mm: Array, caliper_mm: Array
) -> tuple[Array, Array]:
    """The axis in the picture (n,), degrees, and the ends of the caliper (n, 2, 2), px."""
    n = len(direction)
    middle = sight.at_height(centre_mm, height_mm)
    points = np.zeros((4, n, 3))
    points[0, :, :2], points[1, :, :2] = middle - direction, middle + direction
    points[:2, :, 2] = height_mm
    points[2:, :, :2] = np.where(np.isnan(caliper_mm), 0, caliper_mm).transpose(1, 0, 2)
    pixels = sight.to_pixel(points.reshape(-1, 3)).reshape(4, n, 2)
    way = pixels[1] - pixels[0]
    return np.degrees(np.arctan2(way[:, 1], way[:, 0])) % 360, pixels[2:].transpose(1, 0, 2)
