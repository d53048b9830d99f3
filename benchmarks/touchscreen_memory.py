"""Whether the touchscreen's page stays as large as it was: a shift's messages, replayed as fast as it takes them.

    .venv/bin/python benchmarks/touchscreen_memory.py [--hours 8]

Fifteen pictures a second and the reports between them, alarms that come and go; the page Run in Debian's Chromium.
Measured after garbage was collected: the script's heap, and the resident memory of the renderer's process.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import os
import re
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import cv2
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from playwright.sync_api import CDPSession, sync_playwright

from benchmarks.figures import provenance, publish
from benchmarks.table import Goal, Row, goals_table, markdown
from grader.api import page
from grader.api.serving import listening
from tests.system.touchscreen.conftest import CHROMIUM, FLAGS
from tests.system.touchscreen.small_station import belt

PICTURES_PER_S, S_PER_H = 15, 3600
PARTS = 10
LOOK_S = 0.5
REPORT_EVERY_S = 0.005
"""More often than pictures are drawn: on a station there are ten reports to fifteen pictures."""
MB = 1e6
OUTLINE = [[300, 250], [350, 250], [325, 305]]
NOBODY_ASKS: dict[str, Any] = {"items": [], "next_cursor": None, "rows": [], "fruit": 0, "by": [], "time_zone": "UTC"}


def replaying(pictures: int) -> FastAPI:
    """A station that says what it has to say as soon as the page takes it."""
    app = FastAPI()
    app.include_router(page.ROUTER)
    app.state.shown = 0
    frame = cv2.resize(belt(), (728, 544))
    jpegs = [cv2.imencode(".jpg", cv2.convertScaleAbs(frame, beta=shade))[1].tobytes() for shade in range(0, 60, 6)]

    @app.get("/api/v1/sessions/mine")
    def mine() -> dict[str, Any]:
        return {"token": None, "name": "screen", "scope": "operate", "at_the_machine": True, "operator": None}

    @app.get("/api/v1/events/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(_reports(), media_type="text/event-stream")

    @app.websocket("/api/v1/pictures")
    async def show(socket: WebSocket) -> None:
        await socket.accept()
        while app.state.shown < pictures:
            await socket.send_bytes(_message(app.state.shown, jpegs[app.state.shown % len(jpegs)]))
            try:
                await socket.receive_text()
            except WebSocketDisconnect:
                return
            app.state.shown += 1
        await asyncio.Event().wait()

    @app.get("/shown")
    def shown() -> int:
        return int(app.state.shown)

    @app.get("/api/v1/{rest:path}")
    def others(rest: str) -> dict[str, Any]:
        return NOBODY_ASKS | {"path": rest}

    return app


async def _reports() -> AsyncGenerator[bytes, None]:
    for sequence in itertools.count(1):
        yield f"event: state\ndata: {json.dumps(_report(sequence))}\n\n".encode()
        await asyncio.sleep(REPORT_EVERY_S)


def _report(sequence: int) -> dict[str, Any]:
    alarm = {
        "code": "tray_full", "subject": "super", "priority": 2, "reaction": "close_outlet", "cause": "x", "action": "y",
        "count": 1, "raised_at_unix_s": float(sequence // 300), "last_raised_at_unix_s": 0.0, "acknowledged_by": None,
        "acknowledged_at_unix_s": None, "cleared_at_unix_s": None,
    }  # fmt: skip
    fruit = sequence % 80
    tray = {"fruit": fruit, "most_fruit": 80, "estimated_weight_g": 24.0 * fruit, "most_weight_g": None}
    outlets = [
        {
            "outlet": outlet, "open": True, "why_closed": None, "tray_id": "1", "tray": tray, "decided": sequence,
            "delivered": sequence, "recheck": 0, "unconfirmed": 0, "in_flight": 0,
        }
        for outlet in ("super", "I", "II", "processing", "waste", "recheck")
    ]  # fmt: skip
    return {
        "sequence": sequence, "at_unix_s": time.time(), "state": 6, "mode": 1, "why": "x", "sphere_check": "passed",
        "classes_allowed": True, "override_by": None, "outlets": outlets, "recorded": sequence, "recheck_crate": 0,
        "alarms": [alarm] if sequence // 100 % 3 == 0 else [], "belt_speed_mm_s": 300.0,
        "fruit_per_s": 9.5 + sequence % 7, "encoder_count": sequence * 300,
    }  # fmt: skip


def _message(sequence: int, jpeg: bytes) -> bytes:
    fruit = [
        {"fruit": f"1-{sequence}", "outline": [[x + 8 * at, y + 40 * at] for x, y in OUTLINE], "grade": "Super",
         "outlet": "super", "criterion": "size"}
        for at in range(6)
    ]  # fmt: skip
    header = json.dumps(
        {"sequence": sequence + 1, "captured_at": "2026-12-01T00:00:00Z", "age_ms": 60.0, "encoder_counts": sequence,
         "width_px": 728, "height_px": 544, "fruit": fruit}
    ).encode()  # fmt: skip
    return len(header).to_bytes(4, "big") + header + jpeg


def serve(port: int, pictures: int) -> None:
    """The process of the replaying station."""
    uvicorn.run(replaying(pictures), host="127.0.0.1", port=port, log_level="error", ws="websockets-sansio")


def main() -> None:
    """Replay, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hours", type=float, default=8.0, help="of a line, fifteen pictures a second")
    hours = parser.parse_args().hours
    pictures = round(hours * S_PER_H * PICTURES_PER_S)
    with listening("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port, pictures), daemon=True)
    process.start()
    try:
        looks = _watch(port, pictures)
    finally:
        process.kill()
    first, last = looks[0], looks[-1]
    rows = [
        Row("pictures shown", "", 0, 1, last["pictures"]),
        Row("pictures a second", "", 0, 1, last["pictures"] / last["seconds"]),
        Row("heap after the first tenth", "MB", 1, 1, first["heap_mb"]),
        Row("heap at the end", "MB", 1, 1, last["heap_mb"]),
        Row("growth of the heap", "%", 1, 1, _growth(looks, "heap_mb"), None, Goal(high=10)),
        Row("renderer after the first tenth", "MB", 0, 1, first["renderer_mb"]),
        Row("renderer at the end", "MB", 0, 1, last["renderer_mb"]),
        Row("growth of the renderer", "%", 1, 1, _growth(looks, "renderer_mb"), None, Goal(high=10)),
    ]
    title = f"The touchscreen's page after {hours:g} hours' messages"
    lines = markdown(list(looks[0]), [[f"{value:.1f}" for value in look.values()] for look in looks])
    table = f"{goals_table(rows)}\n\n{lines}"
    print(f"{title}\n\n{table}")
    about = {
        "replayed": f"{hours:g} h at {PICTURES_PER_S} pictures/s, as fast as the page acknowledges them",
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end, shared with other work",
        **provenance(("strawberry-grader", "fastapi", "uvicorn", "websockets")),
    }
    publish("touchscreen-memory", about, title, table, {"looks": looks})


def _watch(port: int, pictures: int) -> list[dict[str, float]]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1280, "height": 800})
        _until_served(opened, port)
        opened.wait_for_selector(".age")
        session = opened.context.new_cdp_session(opened)
        system = browser.new_browser_cdp_session()
        began_s, looks = time.monotonic(), []
        for part in range(1, PARTS + 1):
            while (shown := int(opened.request.get(f"http://127.0.0.1:{port}/shown").text())) < part * pictures / PARTS:
                time.sleep(LOOK_S)
            looks.append({"pictures": shown, "seconds": time.monotonic() - began_s} | _look(session, system))
        browser.close()
    return looks


def _until_served(opened: Any, port: int) -> None:  # noqa: ANN401 - Playwright's
    for _ in range(300):
        try:
            opened.goto(f"http://127.0.0.1:{port}/")
        except Exception as error:  # Playwright's, of many kinds
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
            time.sleep(LOOK_S)
        else:
            return


def _look(session: CDPSession, system: CDPSession) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    renderers = [
        one["id"] for one in system.send("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "renderer"
    ]
    resident_kb = max(_resident_kb(pid) for pid in renderers)
    return {"heap_mb": heap / MB, "renderer_mb": resident_kb * 1024 / MB}


def _resident_kb(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def _growth(looks: list[dict[str, float]], name: str) -> float:
    """After the first tenth, at most, %."""
    return 100 * (max(look[name] for look in looks[1:]) / looks[0][name] - 1)


if __name__ == "__main__":
    main()
