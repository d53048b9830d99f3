"""Who may come in: keys, PINs and sessions as they stand."""

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows


def key_of(connection: Connection, code: str) -> Row | None:
    """The key that begins with `code`, and whether it is `revoked`; None: there is none."""
    return row(
        connection,
        "SELECT api_key.*, EXISTS (SELECT 1 FROM api_key_revoked AS gone WHERE gone.key = api_key.key) AS revoked "
        "FROM api_key WHERE code = :code",
        code=code,
    )


def keys(connection: Connection) -> list[Row]:
    """All keys that were ever made, without their hashes."""
    return rows(
        connection,
        "SELECT code, name, scope, api_key.who, api_key.utc_ns, gone.utc_ns AS revoked_utc_ns "
        "FROM api_key LEFT JOIN api_key_revoked AS gone USING (key) ORDER BY key",
    )


def pin_of(connection: Connection, name: str) -> Row | None:
    """An operator's PIN, hashed, with the present `role`; None: nobody of that name works here, or has a PIN."""
    return row(
        connection,
        "SELECT operator_pin.*, role FROM operator_pin JOIN operator_now USING (name) "
        "WHERE name = :name AND role <> 'left'",
        name=name,
    )


def session_of(connection: Connection, sha256: bytes, utc_ns: int) -> Row | None:
    """The session whose token has that hash, with its operator's present `role`; None: there is none at `utc_ns`."""
    return row(
        connection,
        "SELECT session.*, role FROM session LEFT JOIN operator_now ON operator_now.name = operator "
        "WHERE sha256 = :sha256 AND expires_utc_ns > :now",
        sha256=sha256,
        now=utc_ns,
    )
