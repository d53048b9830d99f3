"""A receiver of webhooks: a real HTTP server that answers as the test says, and keeps what it was sent."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

Answers = Callable[[dict[str, Any], int], int | None]
"""What to answer to an event that comes for the so-many-th time; None: say nothing and close."""
WAITS_S = 30.0


@dataclass
class Receiver:
    """Bind with port 0 for any free one; the same port may be used again after `close`."""

    secret: str = ""
    """If given, signatures are checked."""
    answers: Answers = lambda _event, _times: 204
    port: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    """Events that were answered with 2xx, as they came."""
    tried: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """All that came: webhook-id, event."""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._open()

    def _open(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer.hear(self)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def hear(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = dict(handler.headers.items())
        if self.secret:
            # As `verify` does, but for the age: tests set the station's clock ahead.
            at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            expected = Webhook(self.secret).sign(headers["webhook-id"], at, body.decode())
            assert headers["webhook-signature"] == expected
        event, identity = json.loads(body), headers["webhook-id"]
        with self._changed:
            self.headers = headers
            self.tried.append((identity, event))
            status = self.answers(event, sum(one == identity for one, _ in self.tried))
            if status is not None and 200 <= status < 300:
                self.accepted.append(event)
            self._changed.notify_all()
        handler.close_connection = True
        if status is None:
            return
        handler.send_response(status)
        if 300 <= status < 400:
            handler.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def until(self, wanted: Callable[["Receiver"], bool]) -> None:
        """Wait until it has received what is wanted."""
        with self._changed:
            done = self._changed.wait_for(lambda: wanted(self), WAITS_S)
        assert done, f"{len(self.tried)} came, {len(self.accepted)} of them accepted"

    def until_more(self, enough: int) -> None:
        """Wait until something more has come, or it has accepted `enough`, each once."""
        with self._changed:
            before = len(self.tried)
            assert self._changed.wait_for(lambda: len(self.tried) > before or len(self.once()) >= enough, WAITS_S)

    def once(self) -> list[dict[str, Any]]:
        """What was accepted, each once: by its number."""
        found: dict[int, dict[str, Any]] = {}
        for event in self.accepted:
            found.setdefault(event["sequence"], event)
        return list(found.values())

    def die(self) -> None:
        """Nothing listens any more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def live_again(self) -> None:
        self._open()
