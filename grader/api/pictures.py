"""The live picture on its way from the vision process to whoever looks: the latest alone, while somebody does."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from pydantic import BaseModel, Field

from grader.line.views import NAME, SHOWN, Crop, CropAsked, Picture, PictureAsked, SeenFruit

AGAIN_S = 0.5
ANSWER_S = 5.0
LENGTH_BYTES = 4
LONGEST_HEAD = 1 << 12


class PictureHeader(BaseModel):
    """The JSON before each JPEG of `/api/v1/pictures`."""

    sequence: int = Field(description="Grows from picture to picture; acknowledge it to get the next.")
    captured_at: datetime = Field(description="The middle of the exposure.")
    age_ms: float = Field(description="From there until this was sent.")
    encoder_counts: int
    width_px: int
    height_px: int
    fruit: list[SeenFruit]


@dataclass(frozen=True, slots=True)
class LivePicture:
    """A picture with its outlines, as vision gave it."""

    sequence: int
    head: Picture
    fruit_json: bytes
    jpeg: bytes

    def message(self, now: datetime, now_s: float, zone: tzinfo) -> bytes:
        """Header's length (4 bytes, big-endian), header and JPEG, sent at `now`, `now_s` by the monotonic clock."""
        age_s = max(0.0, now_s - self.head.exposed_s)
        header = PictureHeader(
            sequence=self.sequence,
            captured_at=(now.astimezone(UTC) - timedelta(seconds=age_s)).astimezone(zone),
            age_ms=round(age_s * 1000, 1),
            encoder_counts=self.head.encoder_counts,
            width_px=self.head.width_px,
            height_px=self.head.height_px,
            fruit=[],
        )
        # Outlines stay the bytes that they are: many look, and a picture has thousands of numbers.
        text = header.model_dump_json(exclude={"fruit"}).encode()[:-1] + b',"fruit":' + self.fruit_json + b"}"
        return len(text).to_bytes(LENGTH_BYTES, "big") + text + self.jpeg


class Pictures:
    """Asks vision for a picture while somebody waits for one; all who wait get the same."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._wanted = asyncio.Event()
        self._changed = asyncio.Condition()
        self._latest: LivePicture | None = None
        self.viewers = 0

    @property
    def newest(self) -> int:
        """The sequence of the last picture that came; whoever begins to look wants one behind it."""
        return 0 if self._latest is None else self._latest.sequence

    async def keep(self) -> None:
        """The task that asks."""
        while True:
            await self._wanted.wait()
            try:
                await self._ask_on()
            except (OSError, EOFError, ValueError):
                await asyncio.sleep(AGAIN_S)  # vision is not there, or was another version: who looks, waits

    async def after(self, sequence: int) -> LivePicture:
        """The newest picture behind `sequence`, as soon as there is one."""
        async with self._changed:
            while self._latest is None or self._latest.sequence <= sequence:
                self._wanted.set()
                await self._changed.wait()
            return self._latest

    async def crop(self, fruit: str) -> tuple[Crop, bytes] | None:
        """The crop of a fruit and its PNG; None: there is none, or no vision process."""
        try:
            async with asyncio.timeout(ANSWER_S):
                reader, writer = await asyncio.open_unix_connection(self._path, limit=LONGEST_HEAD)
                try:
                    writer.write(CropAsked(fruit=fruit).model_dump_json().encode() + b"\n")
                    head = SHOWN.validate_json(await reader.readuntil())
                    return (head, await reader.readexactly(head.png_bytes)) if isinstance(head, Crop) else None
                finally:
                    writer.close()
        except (OSError, EOFError, ValueError):
            return None

    async def _ask_on(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=LONGEST_HEAD)
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                writer.write(PictureAsked().model_dump_json().encode() + b"\n")
                await self._take(reader)
        finally:
            writer.close()
            self._wanted.set()  # whoever waited for what was asked last still does

    async def _take(self, reader: asyncio.StreamReader) -> None:
        head = SHOWN.validate_json(await reader.readuntil())
        if not isinstance(head, Picture):
            raise ValueError("a picture was asked for, and something else came")  # noqa: TRY004 - as of JSON that is none
        fruit, jpeg = await reader.readexactly(head.fruit_bytes), await reader.readexactly(head.jpeg_bytes)
        async with self._changed:
            sequence = 1 if self._latest is None else self._latest.sequence + 1
            self._latest = LivePicture(sequence, head, fruit, jpeg)
            self._changed.notify_all()
