"""What a follower reads from the journal. Each function is one statement, so that it sees one moment."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, or_, select

from grader.store.schema import DELIVERY, FRUIT, RUN, TRAY


def fingerprint(connection: Connection) -> str | None:
    """What tells this journal from any other: the hash of its first run; None: nothing was ever run."""
    first = connection.execute(select(RUN).order_by(RUN.c.run).limit(1)).mappings().first()
    if first is None:
        return None
    # What changes when the run ends is left out.
    facts = {name: value for name, value in first.items() if not name.startswith("ended")}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def last_delivery(connection: Connection) -> int:
    """The `id` of the last delivery; 0: there is none."""
    return int(connection.execute(select(func.coalesce(func.max(DELIVERY.c.id), 0))).scalar_one())


def finished_after(connection: Connection, delivery: int, limit: int) -> list[dict[str, Any]]:
    """The next deliveries after the one with `id` = `delivery`, each with its fruit: `delivery` is its own id."""
    of_delivery = DELIVERY.c.outcome, DELIVERY.c.outlet, DELIVERY.c.tray, DELIVERY.c.cause, DELIVERY.c.delivered_utc_ns
    # Of the fruit's own columns these two say what was meant; where it came to is the delivery's to say.
    of_fruit = [column for column in FRUIT.c if column.name not in {"outlet", "tray"}]
    found = (
        select(DELIVERY.c.id.label("delivery"), *of_fruit, *of_delivery)
        .join_from(DELIVERY, FRUIT, (FRUIT.c.run == DELIVERY.c.run) & (FRUIT.c.fruit == DELIVERY.c.fruit))
        .where(DELIVERY.c.id > delivery)
        .order_by(DELIVERY.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(found).mappings()]


def runs_after(connection: Connection, run: int) -> list[dict[str, Any]]:
    """The runs with a higher number; `number` is theirs."""
    found = select(RUN, RUN.c.run.label("number")).where(RUN.c.run > run).order_by(RUN.c.run)
    return [dict(row) for row in connection.execute(found).mappings()]


def tray_rows(connection: Connection, after: int, also: Collection[int] = ()) -> list[dict[str, Any]]:
    """The trays with a higher number, and those of `also`, by number."""
    found = select(TRAY).where(or_(TRAY.c.tray > after, TRAY.c.tray.in_(also))).order_by(TRAY.c.tray)
    return [dict(row) for row in connection.execute(found).mappings()]


def on_the_belt(connection: Connection) -> int:
    """Fruit of the last run of which nobody knows yet where they fell; an earlier run ended with none."""
    last = select(func.max(RUN.c.run)).scalar_subquery()
    recorded, delivered = (
        select(func.count()).select_from(table).where(table.c.run == last).scalar_subquery()
        for table in (FRUIT, DELIVERY)
    )
    return int(connection.execute(select(recorded - delivered)).scalar_one())


def last_fruit(connection: Connection) -> int:
    """The `id` of the last recorded fruit; 0: there is none."""
    return int(connection.execute(select(func.coalesce(func.max(FRUIT.c.id), 0))).scalar_one())
