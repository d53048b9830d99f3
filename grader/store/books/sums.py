"""Counts and weights of lots and of growers: what a balance and a settlement are made of."""

from sqlalchemy import Connection

from grader.store.books.asking import Row, rows

# The squares of what is random fruit by fruit add up; a fruit without a weight is counted apart.
WEIGHTS_OF_LOT = """
SELECT pass_number, outcome, outlet, count(*) AS fruit, count(weight_g) AS weighed, total(weight_g) AS weight_g,
  total(weight_g * weight_g) AS weight_g2, total(weight_u_g * weight_u_g) AS variance_g2
FROM fruit WHERE lot = (SELECT lot FROM lot WHERE code = :lot) GROUP BY pass_number, outcome, outlet
"""
BY_HAND = """
SELECT outlet, sum(weight_g) AS weight_g, count(*) AS entries FROM hand_graded
WHERE lot = (SELECT lot FROM lot WHERE code = :lot) GROUP BY outlet
"""
SIZES_OF_LOT = """
SELECT diameter_mm, diameter_u_mm, width_mm, width_u_mm FROM fruit
WHERE lot = (SELECT lot FROM lot WHERE code = :lot) AND outcome = 'delivered' AND grade = :grade
"""
SETTLEMENT = """
WITH theirs AS (
  SELECT lot, code FROM lot_now WHERE grower = (SELECT grower FROM grower WHERE code = :grower)
    AND received_utc_ns >= :begin AND received_utc_ns < :end
)
SELECT code AS lot, outlet, grade, count(*) AS fruit, count(weight_g) AS weighed, total(weight_g) AS weight_g,
  total(weight_u_g * weight_u_g) AS variance_g2
FROM theirs CROSS JOIN fruit ON fruit.lot = theirs.lot WHERE outcome = 'delivered' GROUP BY theirs.lot, outlet, grade
ORDER BY outlet, grade, theirs.lot
"""
LOTS_OF = """
SELECT code, received_g FROM lot_now WHERE grower = (SELECT grower FROM grower WHERE code = :grower)
  AND received_utc_ns >= :begin AND received_utc_ns < :end ORDER BY lot
"""
HAND_GRADED_OF = """
SELECT outlet, sum(weight_g) AS weight_g FROM hand_graded WHERE lot IN (
  SELECT lot FROM lot_now WHERE grower = (SELECT grower FROM grower WHERE code = :grower)
    AND received_utc_ns >= :begin AND received_utc_ns < :end) GROUP BY outlet ORDER BY outlet
"""


def weights_of_lot(connection: Connection, lot: str) -> list[Row]:
    """Count, sum of weights, of their squares and of their variances, by pass, outcome and outlet."""
    return rows(connection, WEIGHTS_OF_LOT, lot=lot)


def hand_graded_of_lot(connection: Connection, lot: str) -> list[Row]:
    """What people graded, by outlet: `weight_g`, by the scale."""
    return rows(connection, BY_HAND, lot=lot)


def sizes_of_lot(connection: Connection, lot: str, grade: str) -> list[Row]:
    """Diameter, width and their uncertainties, mm, of a lot's fruit that were delivered as `grade`."""
    return rows(connection, SIZES_OF_LOT, lot=lot, grade=grade)


def settlement_of(connection: Connection, grower: str, begin_utc_ns: int, end_utc_ns: int) -> dict[str, list[Row]]:
    """What a grower's lots became that were received from `begin` until before `end`: only deliveries count."""
    period = {"grower": grower, "begin": begin_utc_ns, "end": end_utc_ns}
    return {
        "lots": rows(connection, LOTS_OF, **period),
        "delivered": rows(connection, SETTLEMENT, **period),
        "hand_graded": rows(connection, HAND_GRADED_OF, **period),
    }
