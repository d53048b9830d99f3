"""The example in docs/api.md runs as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.api.station_api import StationApi

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_five_lines_of_the_docs_print_the_counts(api: StationApi) -> None:
    found = re.search(r"runs this -->\n```python\n(.+?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found is not None
    program = found[1].replace("since=06:00&", "")  # the small line's fruit fell in 1970
    environment = os.environ | {"GRADER": f"http://127.0.0.1:{api.port}", "GRADER_KEY": api.key("read")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    assert done.stdout.splitlines() == ["I 12 0.24", "Super 35 0.7"], done.stderr
