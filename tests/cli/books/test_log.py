"""`grader trace log|publish|backup|restore`: what is promised to the world is kept, or nothing is promised."""

import json
import sqlite3
from pathlib import Path

import pytest

from grader.cli.main import EXIT_USAGE, main
from tests.cli.books.station import Station
from tests.store.small_line import SmallLine


def test_the_log_is_signed_cosigned_checked_and_a_label_proved(
    begun: Station, station: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = station.parent
    assert main(["trace", "key", "gv7.example/1", "--kind", "log", "-o", str(here / "log.key")]) == 0
    assert main(["trace", "key", "county.example/w", "--kind", "witness", "-o", str(here / "w.key")]) == 0
    county = capsys.readouterr().out.splitlines()[-1]
    begun("tray", "label", "1", "--who", "Li")
    assert begun("log", "sign").startswith("Signed: gv7.example/1, ")
    assert "names gv7.example/1+" in begun("log", "trust", "--holder", "合作社", "-o", str(here / "trust.json"))
    trust = json.loads((here / "trust.json").read_text())
    trust["witnesses"] = [{"holder": "County office", "key": county}]
    trust["logs"][0]["witnesses_needed"] = 1
    (here / "trust.json").write_text(json.dumps(trust))
    proved = ("log", "prove", "1", "-o", str(here / "proof.txt"), "--trust", str(here / "trust.json"))
    verify = ["trace", "verify", str(here / "proof.txt"), "--trust", str(here / "trust.json")]
    begun(*proved)
    assert main(verify) == 1
    begun("log", "request", "county.example/w", "-o", str(here / "request.txt"))
    cosign = ["cosign", str(here / "request.txt"), "--trust", str(here / "trust.json"), "--key", str(here / "w.key")]
    capsys.readouterr()
    assert main(["trace", *cosign, "--seen", str(here / "seen.txt")]) == 0
    (here / "answer.txt").write_text(capsys.readouterr().out)
    begun("log", "cosigned", str(here / "answer.txt"), "--trust", str(here / "trust.json"))
    begun(*proved)
    assert main(verify) == 0
    shown = begun.asked("log", "show")
    assert shown["heads"][0]["signed_by"] == ["gv7.example/1", "county.example/w"]
    assert shown["kinds"]["packed"] == 1
    assert "county.example/w" in begun("log", "show")
    assert begun.asked("log", "check")["sound"] is True
    assert "tray 2 has no label" in begun("log", "prove", "2", "-o", str(here / "p"), exit_code=EXIT_USAGE)


def test_a_changed_file_makes_the_check_exit_with_1(begun: Station, station: Path) -> None:
    assert begun("log", "check").startswith("Sound: ")
    connection = sqlite3.connect(station.with_name("station.db"))
    connection.execute("DROP TRIGGER event_is_never_changed")
    connection.execute("UPDATE event SET canonical = CAST(replace(canonical, 'Hongyan', 'Akihime') AS BLOB)")
    connection.commit()
    connection.close()
    assert begun("log", "check", exit_code=1).startswith("ALTERED: event 1 is not the one")


def test_pages_are_published_with_a_head_signed_for_them(begun: Station, station: Path) -> None:
    here = station.parent
    assert main(["trace", "key", "gv7.example/1", "--kind", "log", "-o", str(here / "log.key")]) == 0
    begun("log", "trust", "--holder", "合作社", "-o", str(here / "trust.json"))
    begun("grower", "named", "G1", "--yes", "--who", "Li")
    labelled = begun.asked("tray", "label", "1", "--who", "Li")
    assert "1 pages are in" in begun("publish", str(here / "site"), "--trust", str(here / "trust.json"))
    home = here / "site" / "T" / labelled["batch"] / labelled["serial"]
    assert "王芳" in (home / "index.html").read_text()
    assert main(["trace", "verify", str(home / "proof.txt"), "--trust", str(here / "trust.json")]) == 0


def test_the_books_are_backed_up_and_come_back_with_all_that_was_published(begun: Station, station: Path) -> None:
    here = station.parent
    main(["trace", "key", "gv7.example/1", "--kind", "log", "-o", str(here / "log.key")])
    begun("log", "trust", "--holder", "合作社", "-o", str(here / "trust.json"))
    begun("backup", str(here / "early"))
    begun("tray", "label", "1", "--who", "Li")
    begun("publish", str(here / "site"), "--trust", str(here / "trust.json"), "--backup", str(here / "late"))
    head = ("--head", str(here / "site" / "checkpoint.txt"))
    (early,), (late,) = (sorted((here / name).glob("station-*.db")) for name in ("early", "late"))
    assert len(list((here / "late").glob("journal-*.db"))) == 1
    station.with_name("station.db").write_bytes(b"rubbish")
    assert "must never sign again" in begun("restore", str(early), *head, exit_code=EXIT_USAGE)
    assert "--never-published" in begun("restore", str(early), exit_code=EXIT_USAGE)
    assert station.with_name("station.db").read_bytes() == b"rubbish"
    said = begun("restore", str(late), *head)
    assert "What was there is station.db.before-" in said
    assert begun.asked("tray", "show", "1")["state"] == "labelled"
    assert begun("follow") == "0 fruit came into the books.\n"


def test_older_books_read_the_journal_on_and_no_fruit_comes_twice(
    begun: Station, station: Path, line: SmallLine
) -> None:
    begun("backup", str(station.parent / "backups"))
    line.send("super", 5)
    assert begun("follow") == "5 fruit came into the books.\n"
    (copy,) = station.parent.glob("backups/station-*.db")
    begun("restore", str(copy), "--never-published")
    assert begun("follow") == "5 fruit came into the books.\n"
    assert len(begun.asked("back", "5")["fruit"]) == 5


def test_old_backups_are_thinned_out_on_request(begun: Station, station: Path) -> None:
    folder = station.parent / "backups"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"station-2026110{day}T000000Z.db").touch()
    (folder / "station-mine.db").touch()
    begun("backup", str(folder), "--keep", "3")
    names = sorted(path.name for path in folder.glob("station-*.db"))
    assert len(names) == 4
    assert names[:2] == ["station-20261104T000000Z.db", "station-20261105T000000Z.db"]
    assert "station-mine.db" in names


@pytest.fixture
def published(begun: Station, station: Path) -> Station:
    """A label, and a site with its page."""
    here = station.parent
    assert main(["trace", "key", "gv7.example/1", "--kind", "log", "-o", str(here / "log.key")]) == 0
    begun("log", "trust", "--holder", "合作社", "-o", str(here / "trust.json"))
    begun("tray", "label", "1", "--who", "Li")
    begun("publish", str(here / "site"), "--trust", str(here / "trust.json"))
    return begun


def begin_new_books(type_in: Station, station: Path) -> None:
    for file in station.parent.glob("station.db*"):
        file.unlink()
    type_in("grower", "add", "G1", "王芳", "--who", "Li")


def test_new_books_sign_nothing_with_a_key_that_has_signed_more(published: Station, station: Path) -> None:
    begin_new_books(published, station)
    said = published("log", "sign", exit_code=EXIT_USAGE)
    assert "does not hold the" in said
    assert "must never sign again" in said
    assert published.asked("log", "show")["heads"] == []


def test_new_books_put_nothing_over_a_site_that_shows_more(published: Station, station: Path) -> None:
    begin_new_books(published, station)
    (station.parent / "log.key.head").unlink()
    published("log", "sign")
    shown = (station.parent / "site" / "checkpoint.txt").read_bytes()
    words = ("publish", str(station.parent / "site"), "--trust", str(station.parent / "trust.json"), "--no-sign")
    assert "does not hold the" in published(*words, exit_code=EXIT_USAGE)
    assert (station.parent / "site" / "checkpoint.txt").read_bytes() == shown
