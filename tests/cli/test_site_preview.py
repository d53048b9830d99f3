"""`grader trace preview`: pages are handed out, folders are not listed, unknown codes get the site's own answer."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from grader.cli.main import EXIT_USAGE, main
from grader.cli.site_preview import PreviewError, preview_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site" / "T" / "B" / "S").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("begin")
    (tmp_path / "site" / "404.html").write_text("没有这个追溯码", "utf-8")
    (tmp_path / "site" / "T" / "B" / "S" / "index.html").write_text("tray")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "site"


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with preview_server(folder, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_pages_are_handed_out_and_nothing_else(port: int) -> None:
    assert get(port, "/T/B/S/") == (200, "tray")
    for path in ("/T/B/", "/T/", "/T/B/forged/", "/../secret.txt", "/%2e%2e/secret.txt"):
        assert get(port, path) == (404, "没有这个追溯码"), path


def test_without_pages_or_with_a_port_in_use_it_says_so(
    folder: Path, port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", "preview", str(tmp_path)]) == EXIT_USAGE
    assert "publish first" in capsys.readouterr().err
    with pytest.raises(PreviewError, match="name another"):
        preview_server(folder, "127.0.0.1", port)
