"""The live picture: who may look, one at a time, the latest, and nobody waits for who is slow."""

import json
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from grader.api.acts import revoke_key
from grader.api.routes import pictures as route
from tests.api.small_vision import SmallVision
from tests.api.station_api import StationApi

PATIENCE_S = 30.0


@pytest.fixture
def vision(tmp_path: Path) -> Iterator[SmallVision]:
    vision = SmallVision(tmp_path / "run")
    yield vision
    vision.close()


def look(api: StationApi, key: str | None = None, host: str = "127.0.0.1", **headers: str) -> ClientConnection:
    sent = headers if key is None else {"Authorization": f"Bearer {key}"} | headers
    return connect(
        f"ws://{host}:{api.port}/api/v1/pictures",
        sock=socket.create_connection(("127.0.0.1", api.port)),
        additional_headers=sent,
        compression=None,
        open_timeout=PATIENCE_S,
    )


def shown(vision: SmallVision, viewer: ClientConnection, key: str = "3-1") -> tuple[dict[str, Any], bytes]:
    """The next message; frames are taken until it has come."""
    while True:
        vision.see(key, time.monotonic())
        try:
            data = viewer.recv(timeout=0.05)
        except TimeoutError:
            continue
        assert isinstance(data, bytes)
        length = int.from_bytes(data[:4], "big")
        return json.loads(data[4 : 4 + length]), data[4 + length :]


def test_a_picture_says_when_it_was_taken_and_what_was_decided_about_its_fruit(
    api: StationApi, vision: SmallVision
) -> None:
    with look(api, api.key("read")) as viewer:
        header, jpeg = shown(vision, viewer)
    fruit = [
        {"fruit": "3-1", "grade": "Super", "outlet": "super", "criterion": "size",
         "outline": [[300, 250], [350, 250], [325, 305]]}
    ]  # fmt: skip
    assert (header["sequence"], header["fruit"]) == (1, fruit)
    assert header["encoder_counts"] > 0
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (header["height_px"], header["width_px"], 3)
    captured = datetime.fromisoformat(header["captured_at"])
    assert captured.utcoffset() == timedelta(hours=8)
    assert 0 < header["age_ms"] < PATIENCE_S * 1000
    schema = api.ask("/openapi.json").json["components"]["schemas"]["PictureHeader"]
    assert set(schema["required"]) == set(header)


def test_no_picture_comes_before_the_last_is_acknowledged_and_then_the_latest(
    api: StationApi, vision: SmallVision
) -> None:
    with look(api, api.key("read")) as slow, look(api, api.key("read")) as quick:
        first, _ = shown(vision, slow)
        for _ in range(3):
            header, _ = shown(vision, quick)
            quick.send(json.dumps({"ack": header["sequence"]}))
        with pytest.raises(TimeoutError):
            slow.recv(timeout=0)
        slow.send(json.dumps({"ack": first["sequence"]}))
        latest = shown(vision, slow)[0]["sequence"]
        assert latest >= header["sequence"] > first["sequence"] + 1


@pytest.mark.parametrize("word", ['{"ack": 7}', '{"ack": "x"}', "ack", "[]"])
def test_who_acknowledges_what_was_not_sent_is_sent_away(api: StationApi, vision: SmallVision, word: str) -> None:
    with look(api, api.key("read")) as viewer:
        shown(vision, viewer)
        viewer.send(word)
        with pytest.raises(ConnectionClosed) as closed:
            viewer.recv(timeout=PATIENCE_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def refused(api: StationApi, **headers: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(InvalidStatus) as refusal, look(api, **headers):
        pass
    response = refusal.value.response
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, json.loads(response.body or b"")


def test_only_who_may_read_looks_and_only_from_our_own_pages(api: StationApi) -> None:
    ours, screen = f"http://127.0.0.1:{api.port}", api.screen()
    cookie = f"grader_session={screen}"
    assert refused(api, Origin=ours)[0] == 401
    assert refused(api, Origin=ours, Authorization="Bearer gk_none")[0] == 401
    assert refused(api, Origin="http://evil.example", Cookie=cookie)[0] == 403
    assert refused(api, Origin="http://[", Cookie=cookie)[0] == 403
    assert refused(api, Cookie=cookie)[0] == 403
    assert refused(api, Origin="http://evil.example", Authorization=f"Bearer {api.key('read')}")[0] == 403
    with pytest.raises(InvalidStatus) as refusal, look(api, api.key("read"), "evil.example"):
        pass
    assert refusal.value.response.status_code == 421
    with look(api, Origin=ours, Cookie=cookie) as viewer:
        assert viewer.ping().wait(PATIENCE_S)


def test_a_revoked_key_looks_no_longer(api: StationApi, vision: SmallVision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "LOOK_AGAIN_S", 0.05)
    key = api.key("read")
    with look(api, key) as viewer:
        shown(vision, viewer)
        revoke_key(api.service, code=key.split("_")[1], who="local:test")
        with pytest.raises(ConnectionClosed) as closed:
            viewer.recv(timeout=PATIENCE_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_vision_may_die_and_come_back_while_somebody_looks(api: StationApi, tmp_path: Path) -> None:
    with look(api, api.key("read")) as viewer:
        first = SmallVision(tmp_path / "run")
        header, _ = shown(first, viewer)
        first.close()
        viewer.send(json.dumps({"ack": header["sequence"]}))
        second = SmallVision(tmp_path / "run")
        try:
            # The last picture of the first may still have been on its way.
            for _ in range(2):
                header, _ = shown(second, viewer, "4-1")
                viewer.send(json.dumps({"ack": header["sequence"]}))
                if header["fruit"][0]["fruit"] == "4-1":
                    break
            assert header["fruit"][0]["fruit"] == "4-1"
        finally:
            second.close()
