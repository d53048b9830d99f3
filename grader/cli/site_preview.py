"""`grader trace preview`: published pages on the station's own network, as a web host would hand them out."""

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import click

from grader.errors import GraderError

NOT_FOUND = "404.html"


class PreviewError(GraderError, OSError, code="trace-preview"):
    """The pages cannot be handed out: there are none, or the address is in use. Publish first, or name another port."""


class PageHandler(SimpleHTTPRequestHandler):
    """Files of one folder, no lists of what is in it, and the site's own answer to unknown codes."""

    server_version = "grader"

    def list_directory(self, path: Any) -> BytesIO | None:  # noqa: ANN401 - as the class above has it
        """Whoever guesses addresses is told no others."""
        del path
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is not there gets the site's page for it."""
        page = Path(self.directory, NOT_FOUND)
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as the class above has it
        """Who looks at which tray is nobody's business."""


def preview_server(folder: Path, host: str, port: int) -> ThreadingHTTPServer:
    """A server for the pages in `folder`; raises `PreviewError`."""
    if not (folder / "index.html").is_file():
        raise PreviewError(f"there are no pages in {folder}: grader trace publish first")
    try:
        return ThreadingHTTPServer((host, port), partial(PageHandler, directory=str(folder)))
    except OSError as error:
        raise PreviewError(f"cannot serve at {host}:{port}: {error.strerror}: name another --host or --port") from error


@click.command("preview")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: all of the station's networks.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
def preview(folder: Path, host: str, port: int) -> None:
    """Hand the published pages in FOLDER out until Ctrl-C, to look at them before a web host has them.

    Over plain http browsers check no signatures, but for this machine's own: pages then say that they are not checked.
    """
    with preview_server(folder, host, port) as server:
        click.echo(f"http://{host}:{server.server_port}/ shows the pages in {folder}; Ctrl-C ends it.")
        server.serve_forever()
