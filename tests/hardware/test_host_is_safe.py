"""Whatever root does in the kernel of `make test-hardware`, this machine's files stay as they are."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif("IN_UML" not in os.environ, reason="of the kernel of make test-hardware alone")

CHECKOUT = Path(__file__).parents[2]
PLACES = ("/", "/etc", "/root", "/usr/bin", "/var/lib", "/opt", "/home", "/boot", str(CHECKOUT))


@pytest.mark.parametrize("folder", PLACES)
def test_no_file_can_be_made_even_by_root_who_mounts_all_of_it_anew(folder: str) -> None:
    subprocess.run(["/usr/bin/mount", "-o", "remount,rw", "/"], check=False)
    try:
        (Path(folder) / ".nobody-writes-here").touch()
    except OSError as error:
        assert error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}  # noqa: PT017 - which error it is decides
    else:
        pytest.fail(f"{folder} of the outer machine can be written to")
