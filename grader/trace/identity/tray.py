"""What a tray is called, and every way to write it: GS1 Digital Link, element string, trace code."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from grader.trace.errors import IdentityError
from grader.trace.identity.characters import CSET_82, OURS, check_text
from grader.trace.identity.gtin import Gtin

GROUP_SEPARATOR = "\x1d"
"""FNC1 where it ends a value of variable length (GS1 General Specifications, 7.8.3)."""
TRACE_PATH = "T"


@dataclass(frozen=True, slots=True)
class TrayIdentity:
    """Unique in the world with a GTIN; without one, unique among the trays of those who share station codes."""

    gtin: Gtin | None
    """None: the company has no prefix. The label then carries the trace code alone."""
    batch: str
    serial: str
    variant: str | None = None
    """Consumer product variant (AI 22): another look of the same article."""

    def __post_init__(self) -> None:
        # Without a number the two are told apart by the stroke between them.
        allowed = OURS if self.gtin is None else CSET_82
        check_text(self.batch, "the trace batch", allowed)
        check_text(self.serial, "the serial", allowed)
        if self.variant is not None:
            check_text(self.variant, "the variant")
            if self.gtin is None:
                raise IdentityError("a variant (AI 22) needs a GTIN: leave it out")

    @property
    def trace_code(self) -> str:
        """Batch and serial, for people: `GV1-261125-2S-014/1042-7QK3MZ4A`."""
        return f"{self.batch}/{self.serial}"

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(AI, value), in the order in which a Digital Link's path has them: 01, 22, 10, 21.

        GS1 Digital Link Standard: URI Syntax, 4.8: another order is not the same key, and not valid.
        """
        gtin = self._numbered()
        variant = () if self.variant is None else (("22", self.variant),)
        return (("01", gtin.text), *variant, ("10", self.batch), ("21", self.serial))

    @property
    def in_brackets(self) -> str:
        """The element string for people: `(01)09521234543213(10)...`."""
        return "".join(f"({ai}){value}" for ai, value in self.pairs)

    @property
    def element_string(self) -> str:
        """For a GS1-128, GS1 DataMatrix or GS1 QR symbol, without the leading FNC1.

        Only (01) has a length of its own; each other value but the last is ended by the separator.
        """
        (_, gtin), *others = self.pairs
        return f"01{gtin}" + GROUP_SEPARATOR.join(f"{ai}{value}" for ai, value in others)

    def digital_link(self, domain: str) -> str:
        """The address behind the QR code.

        Scheme and host are upper case: both mean the same (RFC 3986, 6.2.2.1), and with our own codes the whole text
        then fits the QR code's alphanumeric mode.
        """
        path = "/".join(f"{ai}/{quote(value, safe='')}" for ai, value in self.pairs)
        return f"HTTPS://{check_domain(domain)}/{path}"

    def trace_link(self, domain: str) -> str:
        """The address of the tray's page on a host of the cooperative's own, which is no GS1 Digital Link."""
        values = "/".join(quote(value, safe="") for value in (self.batch, self.serial))
        return f"HTTPS://{check_domain(domain)}/{TRACE_PATH}/{values}"

    def _numbered(self) -> Gtin:
        if self.gtin is None:
            raise IdentityError(
                f"tray {self.trace_code} has no GTIN, so GS1 has no way to write it: use the trace code"
            )
        return self.gtin


def check_domain(domain: str) -> str:
    """The host, upper case; `IdentityError` for what is no plain host name."""
    host = domain.upper()
    try:
        alone = urlsplit(f"https://{host}").hostname == host.lower()
    except ValueError:
        alone = False
    if not alone or not host.isascii() or "." not in host or set(host) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"):
        raise IdentityError(f"{domain!r} is no host name: write it like trace.example.org, without https://")
    return host
