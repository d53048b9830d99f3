"""Numbers that a person types."""

import math
from decimal import Decimal

import click


class Within(click.FloatRange):
    """A number in a range; click's own lets nan pass, for it is neither below nor above."""

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read `value`."""
        try:
            number = float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return float(super().convert(number, param, ctx))


class Exact(click.ParamType[Decimal]):
    """A number as it is typed: no digit is rounded."""

    name = "decimal"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """`value` as a number."""
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            self.fail(f"{value!r} is no number", param, ctx)
        if not number.is_finite():
            self.fail(f"{value!r} is no number", param, ctx)
        return number


DECIMAL = Exact()
