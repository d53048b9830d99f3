"""SQLite: schema, migrations and the one group-commit writer of each database file."""
