"""Check that every locked package has a wheel for each Python and processor that we promise.

Asks the configured package index through uv, which evaluates the markers of a platform other than this one (pip does
not); installs nothing. Run by `make locks`.
"""

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")  # Debian 12, Ubuntu 24.04, Raspberry Pi OS trixie
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")


def missing_wheels(lock: Path, python: str, platform: str) -> str:
    """Return uv's account of what `lock` cannot install on `python` and `platform`, or nothing."""
    uv = str(Path(sys.executable).with_name("uv"))
    with tempfile.TemporaryDirectory() as target:
        # fmt: off
        command = [
            uv, "pip", "install", "--dry-run", "--no-deps", "--require-hashes", "--only-binary", ":all:",
            "--python-version", python, "--python-platform", platform, "--target", target, "--requirement", str(lock),
        ]
        # fmt: on
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stderr if result.returncode else ""


def main() -> int:
    """Check all, print a line each, and return the exit code."""
    failed = False
    for lock, python, platform in itertools.product(sorted(ROOT.glob("requirements/*.txt")), PYTHONS, PLATFORMS):
        missing = missing_wheels(lock, python, platform)
        print(f"{lock.relative_to(ROOT)}, Python {python}, {platform}: {missing or 'every package has a wheel'}")
        failed = failed or bool(missing)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
