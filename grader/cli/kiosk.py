"""`grader kiosk`: the touchscreen's browser, which comes back by itself."""

import os
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path

import click

from grader.api.door import ask
from grader.api.settings import read_station
from grader.cli.api import FILE, PORT
from grader.cli.whole_files import write_whole
from grader.errors import GraderError

UNIT = "grader-kiosk.service"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--kiosk", "--no-first-run", "--noerrdialogs", "--disable-session-crashed-bubble", "--disable-infobars",
    "--disable-pinch", "--overscroll-history-navigation=0", "--disable-features=Translate",
    "--check-for-update-interval=31536000", "--password-store=basic",
)  # fmt: skip
ONLY_OWNER = 0o600
BEGUN_ANEW_H = 11
"""A session ends 12 h after it began; a new one is begun before."""
TEXT = """\
[Unit]
Description=The strawberry grading station's touchscreen
After=graphical-session.target
PartOf=graphical-session.target
# Whatever ends it, and however often: it is tried again.
StartLimitIntervalSec=0

[Service]
ExecStart={command}
Restart=always
RestartSec=2
RuntimeMaxSec={hours}h

[Install]
WantedBy=graphical-session.target
"""


class KioskError(GraderError, OSError, code="kiosk"):
    """The browser cannot be started, or its unit cannot be entered. The sentence says what is missing."""


@click.group()
def kiosk() -> None:
    """The touchscreen's browser, full screen, which comes back by itself."""


@kiosk.command()
@click.option("--station", type=FILE, required=True, help="The station.toml of the station.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Of grader api serve.")
@click.option("--dry-run", is_flag=True, help="Print the unit and where it would go; change nothing.")
def install(station: Path, port: int, *, dry_run: bool) -> None:
    """Write a systemd user unit that keeps the browser running in this user's graphical session, and enable it."""
    path, text = unit_path(), unit_text(station.resolve(), port)
    if dry_run:
        click.echo(f"# {path}\n{text}", nl=False)
        return
    browser()
    write_whole(path, text.encode())
    for words in (("daemon-reload",), ("enable", UNIT)):
        _systemctl(*words)
    click.echo(f"{path} is enabled: the browser starts with the next graphical session, or now by")
    click.echo(f"  systemctl --user start {UNIT}")


@kiosk.command()
@click.option("--station", type=FILE, required=True, help="The station.toml of the station.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Of grader api serve.")
def run(station: Path, port: int) -> None:
    """Open the touchscreen's page in the browser, with a new one-time token; what the unit runs."""
    program = browser()
    token = ask(read_station(station).books, "give_token")["token"]
    home = _data_home() / "grader" / "kiosk"
    page = home / "begin.html"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The token stands in a file that only this user reads: what is on a command line everybody sees.
    page.unlink(missing_ok=True)
    with os.fdopen(os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "w") as file:
        file.write(first_page(port, str(token)))
    os.execv(program, [program, *FLAGS, f"--user-data-dir={home / 'profile'}", page.as_uri()])  # noqa: S606 - our own words


def first_page(port: int, token: str) -> str:
    """Leads to the touchscreen's page, without a script."""
    address = escape(f"http://127.0.0.1:{port}/?token={token}", quote=True)
    return f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={address}">\n'


def unit_path() -> Path:
    """Where systemd looks for this user's units."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "systemd" / "user" / UNIT


def unit_text(station: Path, port: int) -> str:
    """The unit. systemd's own signs in a path are doubled (systemd.unit(5), systemd.service(5))."""
    program = Path(sys.argv[0]).resolve()
    words = [str(program), "kiosk", "run", "--station", str(station), "--port", str(port)]
    return TEXT.format(command=" ".join(_quoted(word) for word in words), hours=BEGUN_ANEW_H)


def browser() -> str:
    """The browser's program; `KioskError` where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise KioskError("no Chromium is installed: sudo apt install chromium")
    return found


def _quoted(word: str) -> str:
    for sign, doubled in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(sign, doubled)
    return f'"{word}"'


def _systemctl(*words: str) -> None:
    program = shutil.which("systemctl")
    if program is None:
        raise KioskError(f"there is no systemd here: start `grader kiosk run` in your own way; {unit_path()} is there")
    done = subprocess.run([program, "--user", *words], capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise KioskError(f"systemctl --user {' '.join(words)}: {done.stderr.strip()}; do it in the kiosk's own session")


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
