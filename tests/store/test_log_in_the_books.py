"""The log in the books: an event and its leaf are one, heads only grow, a row is sealed once, nothing prints twice."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from grader.merkle import leaf_hash
from grader.store import RefusedError, reading
from grader.store.books import BOOKS, BookRecord, Books
from grader.store.books.log import (
    last_checkpoint,
    last_size_signed_by,
    leaves_from,
    log_node,
    log_size,
    signature_lines,
)
from grader.store.books.records import ActLogged, CheckpointSigned, EventWritten
from grader.store.kind import Kind
from grader.store.upgrade import upgrade
from grader.trace.desk.logbook import BooksTree, check_log
from grader.trace.evidence.tree import MerkleTree

ACT = ActLogged(source="feed", entry=1, canonical=b'{"act":1}', salt=bytes(16), utc_ns=1)
HEAD = CheckpointSigned(origin="o", size=1, root=bytes(32), lines=(("o", "line"),), utc_ns=1)


def event(number: int) -> EventWritten:
    return EventWritten(kind="held", canonical=b'{"n":%d}' % number, utc_ns=1)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with Books(tmp_path / "station.db") as books:
        yield books


def refused(books: Books, *records: BookRecord) -> None:
    with pytest.raises(RefusedError):
        books.submit(*records).result()


def test_the_tree_in_the_books_is_that_of_the_events_at_every_size(books: Books) -> None:
    alone = MerkleTree()
    for number in range(70):
        books.submit(event(number)).result()
        alone.append(leaf_hash(event(number).canonical))
        with reading(books.path, BOOKS) as asked:
            assert BooksTree(asked).root() == alone.root()
    with reading(books.path, BOOKS) as asked:
        tree = BooksTree(asked)
        for size in (1, 2, 3, 8, 13, 64, 69, 70):
            assert tree.root(size) == alone.root(size)
            assert tree.consistency(size) == alone.consistency(size)
            assert tree.inclusion(size - 1) == alone.inclusion(size - 1)


def test_what_is_refused_leaves_neither_event_nor_leaf_and_no_gap(books: Books) -> None:
    books.submit(event(0)).result()
    refused(books, event(1), replace(ACT, salt=b"short"))
    books.submit(event(2)).result()
    with reading(books.path, BOOKS) as asked:
        assert log_size(asked) == 2
        assert [leaf["position"] for leaf in leaves_from(asked, 0)] == [1, 2]
        assert log_node(asked, 0, 2) is None
        assert check_log(asked).size == 2


def test_a_row_is_sealed_once(books: Books) -> None:
    books.submit(ACT).result()
    refused(books, replace(ACT, canonical=b'{"act":2}'))
    with reading(books.path, BOOKS) as asked:
        assert log_size(asked) == 1


@pytest.mark.parametrize("wrong", [{"size": 1}, {"size": 4}, {"size": 3, "origin": "other"}])
def test_heads_only_grow_with_the_log_and_are_of_one_log(books: Books, wrong: dict[str, object]) -> None:
    books.submit(*(event(number) for number in range(3))).result()
    books.submit(replace(HEAD, size=2)).result()
    refused(books, replace(HEAD, **wrong))  # type: ignore[arg-type]
    books.submit(replace(HEAD, size=3)).result()


def test_a_head_that_is_there_gets_more_signatures_and_keeps_its_root(books: Books) -> None:
    books.submit(event(0), HEAD).result()
    books.submit(replace(HEAD, root=bytes([1]) * 32, lines=(("o", "line"), ("w", "cosigned")))).result()
    with reading(books.path, BOOKS) as asked:
        assert signature_lines(asked, 1) == ["line", "cosigned"]
        assert last_size_signed_by(asked, "w") == 1
        head = last_checkpoint(asked)
    assert head is not None
    assert head["root"] == HEAD.root


def test_books_of_the_last_version_get_a_tree_of_their_events(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    scripts = Config()
    scripts.set_main_option("script_location", BOOKS.scripts)
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None), poolclass=NullPool)
    with engine.connect() as connection:
        scripts.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN")
        command.upgrade(scripts, "s0002")
        connection.exec_driver_sql("COMMIT")
    before = sqlite3.connect(path)
    before.executemany(
        "INSERT INTO event (kind, canonical, utc_ns) VALUES ('held', ?, 1)", [(event(n).canonical,) for n in range(5)]
    )
    before.commit()
    before.close()
    upgrade(path, Kind(BOOKS.title, BOOKS.revision, BOOKS.scripts, BOOKS.tables))
    with Books(path) as books:
        books.submit(event(5)).result()
    with reading(path, BOOKS) as asked:
        assert check_log(asked).size == 6
