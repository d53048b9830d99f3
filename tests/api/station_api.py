"""The web process in a thread, over books that a small line fills; asked over real HTTP."""

import http.client
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from grader.api.acts import acts_of
from grader.api.app import application
from grader.api.service import Service
from grader.api.serving import listening
from grader.api.settings import OWN_RULES, OWN_SETTINGS, ApiSettings, StationOfApi
from grader.store.books import Books
from grader.trace.desk.printing import Printer
from grader.trace.settings import TraceSettings

STARTS_S = 30.0


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)


@dataclass
class StationApi:
    """A web process that runs."""

    books: Books
    service: Service
    port: int
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, scope: str) -> str:
        """A key of that scope, made once."""
        if scope not in self.keys:
            made = acts_of(self.service)["create_key"](name=scope, scope=scope, who="local:test")
            self.keys[scope] = made["key"]
        return self.keys[scope]

    def ask(
        self,
        path: str,
        scope: str | None = "read",
        *,
        method: str = "GET",
        body: object = None,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A request, as `scope` or with another `token`; `scope` None: without any."""
        known = token or (None if scope is None else self.key(scope))
        sent = {} if known is None else {"Authorization": f"Bearer {known}"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            text = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
            connection.request(method, path, text, sent | (headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def post(self, path: str, body: object, scope: str | None = "operate", **more: Any) -> Answer:  # noqa: ANN401
        return self.ask(path, scope, method="POST", body=body, **more)

    def screen(self) -> str:
        """The token of a local session of the touchscreen."""
        given = acts_of(self.service)["give_token"]()["token"]
        begun = self.post("/api/v1/sessions/screen", {"token": given}, None)
        assert begun.status == 201, begun.body
        return str(begun.json["token"])


class Web:
    """Starts and ends it."""

    def __init__(
        self,
        books: Books,
        journal: Path,
        sockets: Path,
        settings: ApiSettings,
        trace: TraceSettings | None = None,
        printer: Printer | None = None,
    ) -> None:
        station = StationOfApi(
            journal=journal,
            books=books.path,
            sockets=sockets,
            own_rules=books.path.with_name(OWN_RULES),
            own_settings=books.path.with_name(OWN_SETTINGS),
            api=settings,
            trace=trace or TraceSettings(),
        )
        self._books = books
        self._services: list[Service] = []
        self._begun = threading.Event()
        self._socket = listening("127.0.0.1", 0)
        config = uvicorn.Config(
            application(station, books, self._begin, printer), log_config=None, access_log=False,
            ws="websockets-sansio", timeout_graceful_shutdown=2, lifespan="on",
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> StationApi:
        self._thread.start()
        assert self._begun.wait(STARTS_S)
        return StationApi(self._books, self._services[0], self._socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._services[0].live.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _begin(self, service: Service) -> None:
        self._services.append(service)
        self._begun.set()
