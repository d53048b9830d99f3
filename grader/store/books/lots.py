"""What the books say of people, growers and lots."""

from dataclasses import dataclass

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A lot, as it is known now; times in ns since 1970-01-01 UTC."""

    code: str
    grower: str
    """The grower's code."""
    variety: str
    plot: str
    harvested_utc_ns: int
    harvest_c: float | None
    precooled_utc_ns: int | None
    precooled_c: float | None
    received_utc_ns: int
    received_g: int
    accountable: str
    retained_sample: str | None


LOT = """
SELECT lot.code, grower.code AS grower, variety, plot, harvested_utc_ns, harvest_c, precooled_utc_ns, precooled_c,
  received_utc_ns, received_g, accountable, retained_sample
FROM lot_now AS lot JOIN grower USING (grower)
"""


def lot_of(connection: Connection, code: str) -> Lot | None:
    """The lot with that code; None: there is none."""
    found = row(connection, f"{LOT} WHERE lot.code = :code", code=code)
    return None if found is None else Lot(**found)


def lots(connection: Connection) -> list[Lot]:
    """All lots, in the order in which they came."""
    return [Lot(**found) for found in rows(connection, f"{LOT} ORDER BY lot.lot")]


def lot_versions(connection: Connection, code: str) -> list[Row]:
    """Every state of a lot's facts, the first one first: who wrote it, why and when."""
    return rows(
        connection,
        "SELECT lot_facts.* FROM lot_facts JOIN lot USING (lot) WHERE code = :code ORDER BY entry",
        code=code,
    )


def grower_of(connection: Connection, code: str) -> Row | None:
    """A grower; None: there is none."""
    return row(connection, "SELECT code, name, contact FROM grower WHERE code = :code", code=code)


def growers(connection: Connection) -> list[Row]:
    """All growers, by code."""
    return rows(connection, "SELECT code, name FROM grower ORDER BY code")


def operators(connection: Connection) -> list[Row]:
    """Who works here, by name, and whether they have a PIN."""
    found = rows(
        connection,
        "SELECT name, role, EXISTS (SELECT 1 FROM operator_pin WHERE operator_pin.name = operator_now.name) AS has_pin "
        "FROM operator_now WHERE role <> 'left' ORDER BY name",
    )
    return [one | {"has_pin": bool(one["has_pin"])} for one in found]


def operator_of(connection: Connection, name: str) -> Row | None:
    """Somebody who works here, with the present `role`; None: nobody of that name ever did."""
    return row(connection, "SELECT name, role FROM operator_now WHERE name = :name", name=name)


def shift_now(connection: Connection) -> Row | None:
    """The shift that began last; None: there was none."""
    return row(connection, "SELECT * FROM shift ORDER BY shift DESC LIMIT 1")


def treatments(connection: Connection, grower: str, plot: str, until_utc_ns: int) -> list[Row]:
    """What was sprayed on a plot, or fed to it, up to a moment, in that order."""
    return rows(
        connection,
        "SELECT kind, product, amount, applied_utc_ns, safety_days FROM treatment JOIN grower USING (grower) "
        "WHERE code = :grower AND plot = :plot AND applied_utc_ns <= :until ORDER BY applied_utc_ns",
        grower=grower,
        plot=plot,
        until=until_utc_ns,
    )


def has_report(connection: Connection, laboratory: str, number: str) -> bool:
    """Whether that laboratory's report with that number is in the books."""
    query = "SELECT 1 FROM residue_report WHERE laboratory = :laboratory AND number = :number"
    return bool(rows(connection, query, laboratory=laboratory, number=number))


def residue_reports(connection: Connection, grower: str) -> list[Row]:
    """Reports of a grower's fruit, the newest sample first."""
    return rows(
        connection,
        "SELECT laboratory, number, sampled_utc_ns, passed FROM residue_report JOIN grower USING (grower) "
        "WHERE code = :grower ORDER BY sampled_utc_ns DESC, report DESC",
        grower=grower,
    )


def finished_lot(connection: Connection, lot: str) -> Row | None:
    """When and by whom a lot was finished; None: it is not."""
    return row(
        connection,
        "SELECT who, why, utc_ns FROM lot_finished JOIN lot USING (lot) WHERE code = :lot",
        lot=lot,
    )


def contests_of(connection: Connection, *, lot: str | None = None, fruit: int | None = None) -> list[Row]:
    """What of a lot, or of a fruit, somebody did not agree with, in that order."""
    about = "fruit.fruit = :about" if lot is None else "fruit.lot = (SELECT lot FROM lot WHERE code = :about)"
    return rows(
        connection,
        "SELECT contest.entry, contest.fruit, run.number AS run, fruit.number, grade, reason_code, contest.who, "  # noqa: S608 - our words
        "contest.why, contest.utc_ns FROM contest CROSS JOIN fruit USING (fruit) JOIN run USING (run) "
        f"WHERE {about} ORDER BY contest.entry",
        about=fruit if lot is None else lot,
    )


def last_feed(connection: Connection) -> Row | None:
    """What is fed to the line: `lot`, `pass_number`, `mixed`; None: nobody has said anything yet."""
    return row(
        connection,
        "SELECT code AS lot, pass_number, mixed, after_fruit, source, who, utc_ns FROM feed JOIN lot USING (lot) "
        "ORDER BY feed DESC LIMIT 1",
    )


def feed_of_journal(connection: Connection, fingerprint: str) -> Row | None:
    """What was fed last to the line whose journal has that mark; None: nobody has said."""
    return row(
        connection,
        "SELECT code AS lot, pass_number, mixed FROM feed JOIN lot USING (lot) JOIN source USING (source) "
        "WHERE fingerprint = :fingerprint ORDER BY feed DESC LIMIT 1",
        fingerprint=fingerprint,
    )


def feeds_of(connection: Connection, lot: str) -> list[Row]:
    """How often a lot was fed, and as which pass."""
    return rows(
        connection,
        "SELECT pass_number, mixed, feed.who, feed.utc_ns FROM feed JOIN lot USING (lot) "
        "WHERE code = :lot ORDER BY feed",
        lot=lot,
    )


def report_keys(connection: Connection, grower: str, until_utc_ns: int, limit: int) -> list[int]:
    """The keys of a grower's residue reports, the newest sample first, of samples taken up to a moment."""
    found = rows(
        connection,
        "SELECT report FROM residue_report JOIN grower USING (grower) "
        "WHERE code = :grower AND sampled_utc_ns <= :until ORDER BY sampled_utc_ns DESC, report DESC LIMIT :limit",
        grower=grower,
        until=until_utc_ns,
        limit=limit,
    )
    return [int(one["report"]) for one in found]


def treatment_keys(connection: Connection, grower: str, plot: str, until_utc_ns: int, limit: int) -> list[int]:
    """The keys of what was put on a plot up to a moment, the newest first."""
    found = rows(
        connection,
        "SELECT treatment FROM treatment JOIN grower USING (grower) WHERE code = :grower AND plot = :plot "
        "AND applied_utc_ns <= :until ORDER BY applied_utc_ns DESC LIMIT :limit",
        grower=grower,
        plot=plot,
        until=until_utc_ns,
        limit=limit,
    )
    return [int(one["treatment"]) for one in found]


def is_named(connection: Connection, grower: str) -> bool:
    """Whether a grower lets buyers see the name."""
    found = row(
        connection,
        "SELECT shown FROM grower_named JOIN grower USING (grower) WHERE code = :grower ORDER BY entry DESC LIMIT 1",
        grower=grower,
    )
    return found is not None and bool(found["shown"])
