"""The door for what is typed on this computer: while the web process writes to the books, it does so for others too.

A Unix socket beside the books that only their owner can open; who it is the kernel says. One line of JSON is asked, one
is answered.
"""

import asyncio
import json
import os
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader.api.errors import NoDoorError
from grader.errors import GraderError
from grader.store import DiskFullError, NotNextError, RefusedError

ENDING = ".door"
LONGEST_LINE = 1 << 26
"""Whoever is let in is the owner of the books; a day of acts that are sealed into the log is some megabytes."""
ANSWER_S = 30.0
ONLY_OWNER = 0o600
REFUSALS: Mapping[str | None, type[GraderError]] = {
    one.code: one for one in (RefusedError, NotNextError, DiskFullError)
}
"""What the books themselves refuse is told as if they were open here; all else is the door's."""
Acts = Mapping[str, Callable[..., dict[str, Any]]]
"""By name; each takes what is asked by keyword."""


def door_of(books: Path) -> Path:
    """Where the door of the books is."""
    return books.with_name(books.name + ENDING)


class Door:
    """Open as long as the web process runs."""

    def __init__(self, books: Path, acts: Acts) -> None:
        self._path, self._acts = door_of(books), acts
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Let others in; what a process before this one left is in nobody's way."""
        self._path.unlink(missing_ok=True)
        with _near(self._path) as near:
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listening.bind(near)
        self._path.chmod(ONLY_OWNER)
        self._server = await asyncio.start_unix_server(self._hear, sock=listening, limit=LONGEST_LINE)

    async def close(self) -> None:
        """Let nobody in any more."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(writer, await reader.readline())
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            return  # who asked is gone, or says what is no line
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, line: bytes) -> dict[str, Any]:
        peer: socket.socket = writer.get_extra_info("socket")
        if _user_of(peer) not in {os.getuid(), 0}:
            return {"error": "only the user that the station runs as may do this"}
        asked = json.loads(line)
        try:
            return {"answer": await asyncio.to_thread(self._acts[asked.pop("act")], **asked)}
        except (KeyError, TypeError):
            return {"error": "the web process is of another version: restart it"}
        except GraderError as error:
            return {"error": str(error), "code": error.code}


def ask(books: Path, act: str, **words: object) -> dict[str, Any]:
    """Have the web process that writes to `books` do it. Raises `NoDoorError`, also with what it refuses."""
    try:
        with _near(door_of(books)) as near, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(ANSWER_S)
            peer.connect(near)
            peer.sendall(json.dumps({"act": act, **words}).encode() + b"\n")
            with peer.makefile("rb") as answers:
                answer = json.loads(answers.readline())
    except (OSError, ValueError) as error:
        raise NoDoorError(
            f"another process writes to {books} and does not listen: end it (grader trace follow?), then try again"
        ) from error
    if "error" in answer:
        raise REFUSALS.get(answer.get("code"), NoDoorError)(str(answer["error"]))
    found: dict[str, Any] = answer["answer"]
    return found


class _near:  # noqa: N801 - used as a function
    """A short name for a socket: the kernel has room for 107 bytes, and folders may be deep."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> str:
        self._folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{self._path.name}"

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            os.close(self._folder)


def _user_of(peer: socket.socket) -> int:
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])
