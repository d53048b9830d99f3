"""Counts over a season by the API: how long, whether exact, and how it grows with the fruit.

.venv/bin/python benchmarks/api_counts.py 1000000 10000000 50000000
"""

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from benchmarks.torture import Made, fill
from grader.store import reading
from grader.store.books import BOOKS, Books
from grader.store.books.asking import rows
from tests.api.station_api import StationApi, Web
from grader.api.settings import ApiSettings

LIMIT_MS = 100.0
SEASON_S = 100 * 10 * 3600.0
"""A hundred days of ten hours."""
BEGAN_NS = 1_764_000_000 * 10**9
ROUNDS = 100
