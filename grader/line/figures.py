"""A figure on record that is watched over weeks, with the limits that it had then."""

DECIMALS = 4

Figure = dict[str, object]
"""`name`, `subject`, `value`, and `low` and `high`: between them all is well; None: nobody can say yet."""


def figure(name: str, subject: str | None, value: float, low: float | None, high: float | None) -> Figure:
    """As it goes on record."""
    low, high = (None if limit is None else round(limit, DECIMALS) for limit in (low, high))
    return {"name": name, "subject": subject, "value": round(value, DECIMALS), "low": low, "high": high}
