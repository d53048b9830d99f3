"""Steps of `station.db`."""
