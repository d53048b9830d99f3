"""Steps of `journal.db`."""
