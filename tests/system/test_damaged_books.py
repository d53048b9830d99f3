"""Damaged books end the web process with what to do, however late the damage is found."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.store.small_line import SmallLine
from tests.system.station_process import ServeProcess, grader

PAGE = 4096
EXIT_REFUSED = 2


def test_damage_deep_in_the_books_ends_the_service_with_a_sentence(tmp_path: Path) -> None:
    station = tmp_path / "station.toml"
    station.write_text('[hardware]\nkind = "twin"\ndepth = "sightings"\n')
    line = SmallLine(tmp_path / "journal.db").start()
    line.send("super", 1500)
    line.close()
    grader("trace", "follow", "--station", str(station))
    books = tmp_path / "station.db"
    with closing(sqlite3.connect(books)) as connection:
        find = "SELECT pageno FROM dbstat WHERE name = 'fruit' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 3"
        (page,) = connection.execute(find).fetchone()
    with books.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(bytes(range(256)) * 16)
    served = ServeProcess(station, 0)
    served.start()
    code, said = served.ended()
    assert code == EXIT_REFUSED
    assert "is damaged" in said
    assert "backup" in said
    assert "Traceback" not in said
