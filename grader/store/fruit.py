"""What the journal says of one fruit. Each function is one statement, so that it sees one moment."""

from typing import Any

from sqlalchemy import Connection, func, select

from grader.store.schema import DELIVERY, FRUIT, RUN

OF_RUN = RUN.c.software_version, RUN.c.model_sha256, RUN.c.rule_pack_sha256, RUN.c.calibration_sha256
OF_DELIVERY = (
    DELIVERY.c.id.label("delivery"),
    DELIVERY.c.outcome,
    DELIVERY.c.cause,
    DELIVERY.c.delivered_utc_ns,
    DELIVERY.c.outlet.label("came_to"),
)


def fruit_on_record(connection: Connection, run: int, number: int) -> dict[str, Any] | None:
    """The fruit with that number in its run, what made it, and (null while it is on the belt) what became of it."""
    found = (
        select(*FRUIT.c, *OF_RUN, *OF_DELIVERY)
        .join_from(FRUIT, RUN, RUN.c.run == FRUIT.c.run)
        .outerjoin(DELIVERY, (DELIVERY.c.run == FRUIT.c.run) & (DELIVERY.c.fruit == FRUIT.c.fruit))
        .where(FRUIT.c.run == run, FRUIT.c.fruit == number)
    )
    row = connection.execute(found).mappings().first()
    return None if row is None else dict(row)


def fruit_since(connection: Connection, utc_ns: int, most: int) -> list[dict[str, Any]]:
    """The newest recorded fruit that were decided at `utc_ns` or later, `most` of them, the oldest first."""
    newest = select(func.coalesce(func.max(FRUIT.c.id), 0)).scalar_subquery()
    found = select(*FRUIT.c).where(FRUIT.c.id > newest - most, FRUIT.c.decided_utc_ns >= utc_ns).order_by(FRUIT.c.id)
    return [dict(row) for row in connection.execute(found).mappings()]
