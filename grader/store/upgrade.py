"""A database of an older revision is brought to the newest, in its place; one of a newer revision is refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from grader.store.connections import connect
from grader.store.errors import VersionError
from grader.store.explain import explained
from grader.store.kind import Kind


def upgrade(path: Path, kind: Kind) -> None:
    """Bring the database in the file `path` to `kind.revision`, or build it there; the caller holds the writer's lock.

    It happens whole or not at all. Raises `NotOursError`, `VersionError`, `DiskFullError` and their like.
    """
    with closing(connect(path, write=True)) as direct:
        try:
            revision = kind.revision_of(direct, path)
        except sqlite3.Error as error:
            raise explained(error, path) from error
    if revision == kind.revision:
        return
    # An eighth of a second, which most starts need not spend.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = Config()
    scripts.set_main_option("script_location", kind.scripts)
    known = {script.revision for script in ScriptDirectory.from_config(scripts).walk_revisions()}
    if revision is not None and revision not in known:
        raise VersionError(
            f"{path} is of version {revision}, which this software, of version {kind.revision}, does not know: it was "
            "written by newer software. Start that, or name another file. Nothing was changed"
        )
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path, write=True), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            scripts.attributes["connection"] = connection
            command.upgrade(scripts, "head")
            connection.exec_driver_sql("COMMIT")
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise explained(error.orig, path) from error
        raise
