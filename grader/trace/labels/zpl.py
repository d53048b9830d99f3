"""ZPL II for Zebra-type label printers: the whole label as one graphic.

The printer's own fonts have no Chinese, and its own QR code differs from maker to maker; a graphic prints the dots that
were tested. It is written in the run-length spelling that every such printer reads (ZPL II Programming Guide, ^GF and
"Alternative Data Compression Scheme").
"""

from itertools import groupby

from PIL import Image

ROW_IS_WHITE = ","
ROW_IS_BLACK = "!"
ROW_AS_BEFORE = ":"
BLACK_DIGIT, WHITE_DIGIT = "F", "0"
ONES = "GHIJKLMNOPQRSTUVWXY"
"""1 to 19 times the digit that follows."""
TWENTIES = "ghijklmnopqrstuvwxyz"
"""20, 40 to 400 times."""
MOST = 400
BITS = 8


def zpl(picture: Image.Image, copies: int = 1) -> bytes:
    """The print job for `picture` (mode 1), `copies` of it; ASCII alone."""
    if copies < 1:
        raise ValueError(f"{copies} copies are none")
    row_bytes = (picture.width + BITS - 1) // BITS
    # In a picture 1 is white; to the printer 1 is a dot that it burns. What fills up the last byte stays white.
    wide = Image.new("1", (row_bytes * BITS, picture.height), 1)
    wide.paste(picture)
    data = bytes(byte ^ 0xFF for byte in wide.tobytes())
    rows = [data[start : start + row_bytes].hex().upper() for start in range(0, len(data), row_bytes)]
    graphic = "".join(_row(row, before) for row, before in zip(rows, [None, *rows], strict=False))
    total = row_bytes * picture.height
    return (
        f"^XA\n^PW{picture.width}\n^LL{picture.height}\n^LH0,0\n"
        f"^FO0,0^GFA,{total},{total},{row_bytes},{graphic}^FS\n^PQ{copies}\n^XZ\n"
    ).encode("ascii")


def _row(row: str, before: str | None) -> str:
    """One row of digits, shortened."""
    if row == before:
        return ROW_AS_BEFORE
    for digit, sign in ((WHITE_DIGIT, ROW_IS_WHITE), (BLACK_DIGIT, ROW_IS_BLACK)):
        kept = row.rstrip(digit)
        if len(row) - len(kept) > 1:
            return "".join(_run(member, len(list(run))) for member, run in groupby(kept)) + sign
    return "".join(_run(member, len(list(run))) for member, run in groupby(row))


def _run(digit: str, times: int) -> str:
    """`digit`, so many times."""
    written = ""
    while times > MOST:
        written, times = written + TWENTIES[-1] + digit, times - MOST
    if times == 1:
        return written + digit
    twenties, ones = divmod(times, 20)
    return written + (TWENTIES[twenties - 1] if twenties else "") + (ONES[ones - 1] if ones else "") + digit
