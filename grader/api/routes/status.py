"""A page without scripts, for the day when the touchscreen's own is broken: what is known, and how old that is."""

from datetime import datetime
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from grader.api.access import At, Whoever, is_loopback, is_ours, limited
from grader.api.caller import Caller
from grader.api.counting import CountsAsked, counted
from grader.api.errors import NotAllowedError
from grader.api.routes.commands import NOBODY, give
from grader.api.service import Service
from grader.api.standing import AlarmShown, standing
from grader.api.times import shown
from grader.errors import GraderError
from grader.line.commands import OutletReport, StateReport, Stop
from grader.line.states import State
from grader.store.upstream.lists import FRUIT, page

ROUTER = APIRouter()
EVERY_S = 5
MOST_ALARMS = 6
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    # Under the usual "no-referrer" browsers send the form with the origin "null", which is anybody's.
    "Referrer-Policy": "same-origin",
}
STATES_ZH = {
    State.CLEARING: "清除中", State.STOPPED: "已停止", State.STARTING: "启动中", State.IDLE: "就绪",
    State.SUSPENDED: "已暂停", State.EXECUTE: "运行中", State.STOPPING: "停止中", State.ABORTING: "中止中",
    State.ABORTED: "已中止", State.HOLDING: "保持中", State.HELD: "已保持", State.UNHOLDING: "解除保持中",
    State.SUSPENDING: "暂停中", State.UNSUSPENDING: "解除暂停中", State.RESETTING: "复位中",
    State.COMPLETING: "收尾中", State.COMPLETE: "已完成",
}  # fmt: skip
STYLE = """
body { font: 20px/1.5 sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem; color: #111; background: #fff }
table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid #767676; padding: .3rem .6rem;
text-align: left } td.n { text-align: right } .old { border: 3px solid #111; padding: .5rem; font-weight: bold }
button { font: inherit; min-height: 100px; min-width: 300px; border: 3px solid #111; background: #fff; color: #111 }
small { color: #444 }
"""


@ROUTER.get("/status", include_in_schema=False)
def status(request: Request, service: At, whoever: Whoever) -> Response:
    """The whole page, made anew each time it is asked for; it asks for itself again every few seconds."""
    if not isinstance(whoever, Caller):  # a stale cookie is in nobody's way
        _on_this_computer(request)
    limited(request, service, whoever if isinstance(whoever, Caller) else None)
    now = service.now().astimezone(service.station.trace.zone)
    parts = [_machine(service, now), _stop(), _alarms(service), _counts(service, now)]
    return HTMLResponse(_page(now, "".join(parts)), headers=HEADERS)


@ROUTER.post("/status/stop", include_in_schema=False)
async def stop(request: Request, service: At) -> Response:
    """Stop, from a form: no credential is asked for on this computer, and no other site's page may send it."""
    _on_this_computer(request)
    origin = request.headers.get("Origin")
    if origin is not None and not is_ours(origin, request.headers.get("Host")):
        raise NotAllowedError("another site's page may not stop the belt: press Stop on the station's own")
    try:
        await give(service, NOBODY, Stop())
    except GraderError as error:
        now = service.now().astimezone(service.station.trace.zone)
        words = f'<p class="old">停止失败 · Not stopped: {escape(str(error))}</p>'
        return HTMLResponse(_page(now, words + _stop()), 409, headers=HEADERS)
    return RedirectResponse("/status", 303)


def _on_this_computer(request: Request) -> None:
    if not is_loopback(request):
        raise NotAllowedError("this page is open on the station's own computer alone: elsewhere it needs a key")


def _page(now: datetime, body: str) -> str:
    head = (
        f'<meta charset="utf-8"><meta http-equiv="refresh" content="{EVERY_S}; url=/status">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>分级站 · Grading station</title><style>{STYLE}</style>"
    )
    age = (
        f"<p>本页时间 · This page is of <b>{now:%Y-%m-%d %H:%M:%S}</b> <small>({escape(str(now.tzinfo))}) · "
        f"每 {EVERY_S} 秒刷新 · made anew every {EVERY_S} s; if this time stands still, so does all below</small></p>"
    )
    title = "<h1>草莓分级站 · Strawberry grading station</h1>"
    return f'<!doctype html><html lang="zh"><head>{head}</head><body>{title}{age}{body}</body></html>'


def _machine(service: Service, now: datetime) -> str:
    title, report = "<h2>机器 · Machine</h2>", service.line.report
    if report is None:
        silent_s = service.line.silent_s
        since = "" if silent_s is None else f" · {silent_s:.0f} s"
        return f'{title}<p class="old">没有生产线回应 · No line runs, or it does not answer{since}</p>'
    rows = [
        ("状态 · State", f"{STATES_ZH[report.state]} · {report.state.label}"),
        ("原因 · Why", report.why),
        ("模式 · Mode", report.mode.label),
        ("皮带 · Belt", f"{report.belt_speed_mm_s:.0f} mm/s"),
        ("果/秒 · Fruit/s (10 s)", f"{report.fruit_per_s:.1f}"),
        ("本次记录 · Recorded in this run", f"{report.recorded}"),
        ("复检箱 · In the recheck crate", f"{report.recheck_crate}"),
    ]
    age_s = max(0.0, now.timestamp() - report.at_unix_s)
    age = f"<p><small>{age_s:.1f} 秒前 · as of {age_s:.1f} s ago</small></p>"
    return f"{title}{age}{_table(rows)}{_outlets(report)}"


def _outlets(report: StateReport) -> str:
    names = ("出口 · Outlet", "开 · Open", "托盘 · Tray", "到达 · Delivered", "途中 · On the way")
    head = "".join(f"<th>{name}</th>" for name in names)
    return f"<h3>出口 · Outlets</h3><table><tr>{head}</tr>{''.join(map(_outlet, report.outlets))}</table>"


def _outlet(one: OutletReport) -> str:
    opened = "是 · yes" if one.open else f"否 · no. {one.why_closed or ''}"
    counts = "".join(f'<td class="n">{count}</td>' for count in (one.delivered, one.in_flight))
    return f"<tr><td>{one.outlet.value}</td><td>{escape(opened)}</td><td>{escape(one.tray_id or '-')}</td>{counts}</tr>"


def _stop() -> str:
    return (
        '<form method="post" action="/status/stop"><button>停止皮带 · Stop belt</button></form>'
        "<p><small>伸手之前请按急停。· Press the emergency stop before reaching in.</small></p>"
    )


def _alarms(service: Service) -> str:
    found = standing(service)
    if not found:
        told = (
            "没有报警 · None stands." if service.line.report is not None else "未知 · Not known while no line answers."
        )
        return f"<h2>报警 · Alarms</h2><p>{told}</p>"
    rows = "".join(_alarm(one) for one in found[:MOST_ALARMS])
    more = f"<p>… {len(found) - MOST_ALARMS} 更多 · more</p>" if len(found) > MOST_ALARMS else ""
    return f"<h2>报警 · Alarms</h2><table>{rows}</table>{more}"


def _alarm(alarm: AlarmShown) -> str:
    return (
        f"<tr><td>{alarm.raised_at:%H:%M:%S}</td><td>{escape(alarm.cause_zh)}<br>{escape(alarm.cause)}</td>"
        f"<td>{escape(alarm.action_zh)}<br>{escape(alarm.action)}</td></tr>"
    )


def _counts(service: Service, now: datetime) -> str:
    with service.asking() as books:
        found = counted(books, CountsAsked.model_validate({"since": "00:00"}), service.station.trace.zone, now)
        newest = page(books, FRUIT, {}, None, 1, newest=True)
    last = shown(newest[0]["delivered_utc_ns"], service.station.trace.zone) if newest else None
    until = "还没有 · none yet" if last is None else f"{last:%Y-%m-%d %H:%M:%S}"
    rows = [(row.grade or "-", f"{row.fruit} · {row.estimated_weight_kg:.2f} kg") for row in found.rows]
    about = (
        f"<p><small>最后一果 · last fruit in the books: {until} · 重量为图像估计 · weights are estimates from pictures"
        "</small></p>"
    )
    none = "" if rows else "<p>无 · none</p>"
    return f"<h2>今日 · Today, delivered into trays</h2>{about}{_table(rows)}{none}"


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"
