"""Trays that stood on the scale, beside what their fruit were estimated to weigh."""

from sqlalchemy import Connection

from grader.store.books.asking import Row, rows

# A tray that got other fruit since it was weighed, or holds some of another lot, says nothing of this one.
WEIGHED_TRAYS = """
WITH ours AS (SELECT DISTINCT tray FROM fruit
    WHERE lot = (SELECT lot FROM lot WHERE code = :lot) AND tray IS NOT NULL),
  latest AS (SELECT max(entry) AS entry FROM tray_weighed JOIN ours USING (tray) GROUP BY tray)
SELECT tray_weighed.tray, net_g, tray_weighed.fruit, scale, who, utc_ns, count(weight_g) AS weighed,
  total(weight_g) AS weight_g, total(weight_u_g * weight_u_g) AS variance_g2
FROM latest JOIN tray_weighed USING (entry) JOIN tray_part ON tray_part.tray = tray_weighed.tray
  JOIN fruit ON fruit.tray = tray_part.member
GROUP BY tray_weighed.entry
HAVING count(*) = tray_weighed.fruit AND count(*) = sum(fruit.lot IS (SELECT lot FROM lot WHERE code = :lot))
ORDER BY tray_weighed.tray
"""


def weighed_trays_of_lot(connection: Connection, lot: str) -> list[Row]:
    """Net weight of each tray that holds fruit of this lot alone, with count, sum and variance of their estimates."""
    return rows(connection, WEIGHED_TRAYS, lot=lot)


def weighings_of(connection: Connection, tray: int) -> list[Row]:
    """Every time that a tray was weighed, in that order."""
    return rows(connection, "SELECT * FROM tray_weighed WHERE tray = :tray ORDER BY entry", tray=tray)
