"""The sender: one task an endpoint takes what the endpoint is owed, in order a key, until it is delivered.

What is owed lies in the books, written in the transaction of what it tells of. An attempt is put on record after it
was made: killed in between, it is made again, with the same id. So each event comes once at least, and the receiver
knows by the id (`webhook-id`) which it has already.
"""

import asyncio
import json
import logging
import random
import ssl
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from grader.api.errors import BadTargetError
from grader.api.live import event_of
from grader.api.posting.post import DEADLINE_S, Answer, post
from grader.api.posting.schedule import PROBE_S, retry_in_s, to_be_paused
from grader.api.posting.target import target_of
from grader.errors import GraderError
from grader.store.upstream.posting import Owed, endpoint_named, endpoints, next_owed
from grader.store.upstream.records import Attempted, EndpointMoved, Noticed

if TYPE_CHECKING:
    from grader.api.service import Service

LOOK_S = 1.0
"""Whoever has nothing to do looks so often, or when the bell rings."""
NS_PER_S = 10**9
LOG = logging.getLogger(__name__)


class Turn(Enum):
    """What a look at an endpoint came to."""

    SENT, IDLE, GONE = range(3)


SENT, IDLE, GONE = Turn


def message_id(station: str, sequence: int) -> str:
    """The idempotency key: the same for each attempt, another one for each event of each station."""
    return f"msg_{station}_{sequence}"


def signed(secret: str, identity: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of the Standard Webhooks specification."""
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(identity, at, body),
    }


class Posting:
    """All endpoints of a station."""

    def __init__(self, service: "Service", deadline_s: float = DEADLINE_S) -> None:
        self._service = service
        self._deadline_s = deadline_s
        self._tls = ssl.create_default_context()
        self._chance = random.Random()  # noqa: S311 - it spreads attempts
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def keep(self) -> None:
        """The task that gives each endpoint its own."""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    ticket = self._service.bell.ticket
                    for endpoint in await asyncio.to_thread(self._endpoints):
                        number, name = endpoint["endpoint"], endpoint["name"]
                        task = self._tasks.get(number)
                        if task is None or task.done():
                            self._tasks[number] = group.create_task(self._serve(name, number))
                    await self._service.bell.wait(ticket, LOOK_S)
        finally:
            self._tasks.clear()

    async def _serve(self, name: str, number: int) -> None:
        """Until the endpoint is removed."""
        while True:
            ticket = self._service.bell.ticket
            try:
                state = await self._turn(name, number)
            except GraderError as error:  # the disk, mostly: what is owed stays owed
                LOG.warning("deliveries to %s: %s", name, error)
                state = IDLE
            if state is GONE:
                return
            if state is IDLE:
                await self._service.bell.wait(ticket, LOOK_S)

    async def _turn(self, name: str, number: int) -> Turn:
        endpoint, owed = await asyncio.to_thread(self._look, name, number)
        if endpoint is None or endpoint["endpoint"] != number:
            return GONE
        if owed is None:
            return IDLE
        due_ns = endpoint["probe_utc_ns"] if endpoint["state"] == "paused" else owed.due_utc_ns
        if due_ns is None or due_ns > self._service.now_ns():
            return IDLE
        await self._attempt(endpoint, owed)
        return SENT

    async def _attempt(self, endpoint: dict[str, Any], owed: Owed) -> None:
        answer = await self._send(endpoint, owed)
        now_ns = self._service.now_ns()
        retry_ns = now_ns + round(retry_in_s(owed.attempts + 1, self._chance) * NS_PER_S)
        attempted = Attempted(
            endpoint=endpoint["endpoint"],
            sequence=owed.sequence,
            delivered=answer.delivered,
            status=answer.status,
            error=answer.error,
            utc_ns=now_ns,
            due_utc_ns=0 if answer.delivered else retry_ns,
        )
        records = [attempted, *_moved(endpoint, answer, now_ns)]
        await asyncio.to_thread(self._service.write, *records)

    async def _send(self, endpoint: dict[str, Any], owed: Owed) -> Answer:
        event = event_of({
            "sequence": owed.sequence, "type": owed.type, "key": owed.key, "utc_ns": owed.utc_ns, "data": owed.data,
        })  # fmt: skip
        body = json.dumps(event, ensure_ascii=False)
        place = self._service.station.trace.place
        headers = signed(endpoint["secret"], message_id(place, owed.sequence), self._service.now(), body)
        try:
            target = target_of(endpoint["url"], self._service.settings.private_targets)
        except BadTargetError as error:  # it was allowed once
            return Answer(None, str(error))
        return await post(target, headers, body.encode(), self._tls, self._deadline_s)

    def _endpoints(self) -> list[dict[str, Any]]:
        with self._service.asking() as connection:
            return endpoints(connection)

    def _look(self, name: str, number: int) -> tuple[dict[str, Any] | None, Owed | None]:
        with self._service.asking() as connection:
            return endpoint_named(connection, name), next_owed(connection, number)


def _moved(endpoint: dict[str, Any], answer: Answer, now_ns: int) -> list[EndpointMoved | Noticed]:
    """What becomes of the endpoint by an answer: paused, asked again later, or active again; each with its alarm."""
    name, paused = endpoint["name"], endpoint["state"] == "paused"
    if answer.delivered:
        if not paused:
            return []
        return [EndpointMoved(name=name, state="active", why="it answers again", utc_ns=now_ns), *_alarm(name, now_ns)]
    why = endpoint["state_why"] if paused else None
    if why is None and answer.gone:
        why = "it answered 410: it wants nothing any more"
    if why is None and to_be_paused(endpoint["failing_since_utc_ns"], now_ns):
        why = f"it has failed for 75 h, last: {answer.error}"
    if why is None:
        return []
    probe_ns = now_ns + PROBE_S * NS_PER_S
    moved = EndpointMoved(name=name, state="paused", why=why, utc_ns=now_ns, probe_utc_ns=probe_ns)
    return [moved] if paused else [moved, *_alarm(name, now_ns, raised=why)]


def _alarm(name: str, now_ns: int, raised: str | None = None) -> list[EndpointMoved | Noticed]:
    data = {"code": "delivery_paused", "subject": name, "why": raised}
    kind = "alarm.cleared" if raised is None else "alarm.raised"
    return [Noticed(type=kind, key="alarm:delivery_paused", utc_ns=now_ns, data=data)]
