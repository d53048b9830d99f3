"""A printer's side of ^GFA: the dots that a job asks for. Written from the programming guide, not from our writer."""

import re

from PIL import Image


def picture_of(job: bytes) -> Image.Image:
    """The label that a printer burns for `job`, as a picture of mode 1."""
    text = job.decode("ascii")
    found = re.search(r"\^PW(\d+)\s\^LL(\d+)\s.*\^GFA,(\d+),(\d+),(\d+),(.*?)\^FS", text, flags=re.DOTALL)
    assert found is not None, "no graphic in the job"
    width, height, total, again, row_bytes = (int(found[place]) for place in range(1, 6))
    assert total == again == row_bytes * height
    rows: list[str] = []
    row, times = "", 0
    for sign in found[6]:
        if sign in "0123456789ABCDEF":
            row, times = row + sign * (times or 1), 0
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("G") + 1
        elif "g" <= sign <= "z":
            times += 20 * (ord(sign) - ord("g") + 1)
        elif sign == ",":
            row = row.ljust(2 * row_bytes, "0")
        elif sign == "!":
            row = row.ljust(2 * row_bytes, "F")
        else:
            assert sign == ":", f"{sign!r} is no sign of the compression"
            assert row == ""
            row = rows[-1]
        if len(row) == 2 * row_bytes:
            rows.append(row)
            row = ""
    assert len(rows) == height
    burnt = bytes.fromhex("".join(rows))
    # A dot that is burnt is black, which is 0 in a picture.
    whole = Image.frombytes("1", (row_bytes * 8, height), bytes(byte ^ 0xFF for byte in burnt))
    return whole.crop((0, 0, width, height))
