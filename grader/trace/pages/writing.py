"""A tray's page as HTML: everything can be read without a script; the script checks what is read."""

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files

from grader.trace.pages.fields import dig, disclosed, field, name
from grader.trace.pages.histogram import histogram
from grader.trace.pages.tray_page import Standing, TrayPage, standing

FOLDER = files("grader.trace.pages")
BANNERS: dict[Standing, tuple[str, str, str]] = {
    "sold": ("good", "放行销售", "Released for sale"),
    "held": ("warn", "暂停销售", "On hold: not to be sold"),
    "recalled": ("bad", "已召回,请勿食用", "Recalled: do not eat or sell it"),
    "voided": ("bad", "此标签已作废", "This label was withdrawn: the tray is no longer one"),
}
HAPPENED = {
    "non_sellable_other": "暂停 held",
    "conformant": "放行 released",
    "recalled": "召回 recalled",
}
SCRIPTS = ("ed25519.js", "verify.js")


def write_page(page: TrayPage) -> str:
    """The whole file, in UTF-8. Nothing is loaded from anywhere: its own policy forbids it."""
    state = standing([entry.event for entry in page.entries])
    style, zh, en = BANNERS[state]
    demo = (
        '<p class="warn">演示数据,不是真实水果 · Made by the simulated line: no real fruit</p>'
        if dig(page.packed, "ilmd/trace:simulated")
        else ""
    )
    body = f"""
<header><h1>草莓 Strawberries</h1><p class="code">{escape(page.code)}</p></header>
<main data-standing="{state}" data-code="{escape(page.code)}">
<p class="banner {style}"><b>{zh}</b> {en}<br><small>截至 as of {page.as_of:%Y-%m-%d %H:%M}</small></p>{demo}
<section id="check"><h2>真伪 Is it true?</h2>
<p id="verdict" class="quiet">本页可在您的浏览器里自行核验。 This page can check itself in your browser.</p>
<button id="again" hidden>再核验 Check again</button><ul id="problems"></ul></section>
{_tray(page)}{_fruit(page)}{_lots(page)}{_records(page)}{_happened(page)}{_about(page)}
</main>"""
    return document(f"{page.code} · 草莓溯源", body, page.data)


def document(title: str, body: str, data: str | None = None) -> str:
    """An HTML file with the house's style and, where there is `data`, the script that checks it."""
    script, policy = "", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    if data is not None:
        code = scripts()
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
        script = f'<script type="application/json" id="data">{data}</script><script>{code}</script>'
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<style>{_asset('page.css')}</style></head><body>{body}\n{script}</body></html>\n"
    )


@cache
def scripts() -> str:
    """All that runs in the browser."""
    return "".join(_asset(one) for one in SCRIPTS)


@cache
def _asset(file: str) -> str:
    return (FOLDER / file).read_text("utf-8")


def _rows(*rows: tuple[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in rows) + "</dl>"


def _tray(page: TrayPage) -> str:
    grade = f"{field(page, 0, 'ilmd/trace:gradeZh')} {field(page, 0, 'ilmd/trace:grade')}"
    packer = escape(" · ".join(word for word in (page.packer, page.packer_address) if word)) or "-"
    facts = _rows(
        ("等级 Class", f"<b>{grade}</b>, {field(page, 0, 'ilmd/trace:size')}"),
        ("品种 Variety", field(page, 0, "ilmd/trace:variety")),
        ("数量 Count", field(page, 0, "ilmd/trace:count")),
        ("采收 Harvested", field(page, 0, "ilmd/trace:harvestedOn")),
        ("包装 Packed", field(page, 0, "ilmd/trace:packedOn")),
        ("最佳食用 Best before", field(page, 0, "ilmd/trace:bestBefore")),
        ("包装者 Packed by", packer),
        ("追溯批 Trace batch", field(page, 0, "ilmd/trace:batch")),
        ("序列号 Serial", field(page, 0, "outputEPCList/0", "last")),
    )
    return f"<section><h2>这一盘 This tray</h2>{facts}</section>"


def _fruit(page: TrayPage) -> str:
    pack = f"{field(page, 0, 'ilmd/trace:rules/name')} {field(page, 0, 'ilmd/trace:rules/version')}"
    facts = _rows(
        ("规则 Rules", f"{field(page, 0, 'ilmd/trace:rules/title')} ({pack})"),
        ("尺寸不符,估计 Off size, expected", f"{field(page, 0, 'ilmd/trace:offSizeExpected')} %"),
        ("规则校验 Hash of the rules", f"<code>{field(page, 0, 'ilmd/trace:madeBy/rulePack', 'short')}</code>"),
        ("相机标定 Calibration", f"<code>{field(page, 0, 'ilmd/trace:madeBy/calibration', 'short')}</code>"),
        ("每果记录 Record of each fruit", f"<code>{field(page, 0, 'ilmd/trace:fruitSha256', 'short')}</code>"),
    )  # fmt: skip
    sizes = histogram(page, "ilmd/trace:sizesMm", "果径 Diameter, mm")
    red = histogram(page, "ilmd/trace:redPercent", "红熟 Red skin, %")
    seen = (
        "<p><small>一台相机只看到果实上面;底面的腐烂和未熟看不到。 "
        "One camera sees the upper side only: rot and pale skin underneath are not seen.</small></p>"
    )
    return f"<section><h2>如何分级 How it was graded</h2>{facts}<div class=pair>{sizes}{red}</div>{seen}</section>"


def _lots(page: TrayPage) -> str:
    names = {one.entry: (number, one.name) for number, one in enumerate(page.named)}
    parts = []
    for number, entry in enumerate(page.entries):
        if entry.event.get("bizStep") != "receiving":
            continue
        grower = name(*names[number]) if number in names else "未公开 not published by the grower"
        parts.append(
            _rows(
                ("种植者 Grower", grower),
                ("地块 Plot", field(page, number, "trace:lot/plot")),
                ("品种 Variety", field(page, number, "trace:lot/variety")),
                ("采收 Harvested", field(page, number, "trace:lot/harvestedAt", "time")),
                ("预冷 Cooled", field(page, number, "trace:lot/precooledAt", "time")),
                ("果心温度 Core, °C", field(page, number, "sensorElementList/0/sensorReport/0/value")),
                ("批次 Lot", field(page, number, "quantityList/0/epcClass", "last")),
            )
        )
    return f"<section><h2>来自 Whose fruit</h2>{''.join(parts)}</section>"


def _records(page: TrayPage) -> str:
    reports, treatments = [], []
    for number, one in enumerate(page.disclosed):
        shown = {column: json.loads(told["text"]) for column, told in one.disclosure["shown"].items()}

        def cell(column: str, form: str = "text", number: int = number, shown: dict[str, object] = shown) -> str:
            return disclosed(page, number, column, shown[column], form)  # type: ignore[arg-type]

        if one.source == "residue_report":
            reports.append(
                f"<li>{cell('passed', 'passed')}: {cell('laboratory')} {cell('number')}, "
                f"抽样 sampled {cell('sampled_utc_ns', 'ns')}</li>"
            )
        else:
            wait = "" if shown["safety_days"] is None else f", 间隔期 interval {cell('safety_days')} d"
            treatments.append(
                f"<li>{cell('kind', 'kind')}: {cell('product')}, {cell('amount')}, "
                f"{cell('applied_utc_ns', 'ns')}{wait}</li>"
            )
    none = "<li>无记录 none on record</li>"
    return (
        f"<section><h2>农残检测 Residue reports</h2><ul>{''.join(reports) or none}</ul>"
        f"<h2>用药施肥 Pesticides and fertilisers</h2><ul>{''.join(treatments) or none}</ul></section>"
    )


def _happened(page: TrayPage) -> str:
    lines = []
    for number, entry in enumerate(page.entries):
        event = entry.event
        when = field(page, number, "eventTime", "time")
        if event.get("disposition") in HAPPENED and "trace:reason" in event:
            what = HAPPENED[event["disposition"]]
            lines.append(f"<li>{when} <b>{what}</b>: {field(page, number, 'trace:reason')}</li>")
        elif event.get("bizStep") == "sensor_reporting":
            lines.append(f"<li>{when} 冷链 cold chain: {_temperatures(page, number)}</li>")
        elif event.get("bizStep") == "sampling":
            purpose = field(page, number, "trace:sample/purpose", "purpose")
            lines.append(f"<li>{when} {purpose}: {field(page, number, 'trace:sample/id', 'last')}</li>")
        elif "errorDeclaration" in event:
            when = field(page, number, "errorDeclaration/declarationTime", "time")
            lines.append(f"<li>{when} <b>作废 withdrawn</b></li>")
    none = "<li>无 nothing</li>"
    return f"<section><h2>此后 What happened since</h2><ul>{''.join(lines) or none}</ul></section>"


def _temperatures(page: TrayPage, number: int) -> str:
    reports = dig(page.entries[number].event, "sensorElementList/0/sensorReport") or []
    shown = [
        f"{field(page, number, f'sensorElementList/0/sensorReport/{place}/value')} °C"
        + (" <b>超温 ALARM</b>" if report.get("exception") else "")
        for place, report in enumerate(reports)
    ]
    return ", ".join(shown)


def _about(page: TrayPage) -> str:
    keys = "".join(
        f"<li>{escape(log.holder)}: <code>{escape(key.key.text)}</code></li>"
        for log in page.trust.logs
        for key in log.keys
    ) + "".join(
        f"<li>{escape(one.holder)} (见证 witness): <code>{escape(one.key.text)}</code></li>"
        for one in page.trust.witnesses
    )
    return (
        "<section><h2>凭据 Evidence</h2><p>带 ✓ 的各项记在只增不改的日志里,由下列密钥签名。"
        "请与合作社另外公布的密钥核对。 "
        "What is marked ✓ is in a log that only grows, signed with these keys. Compare them with those that the "
        f"cooperative publishes elsewhere: this page cannot vouch for itself.</p><ul class=keys>{keys}</ul>"
        '<p><a href="proof.txt" download>proof.txt</a> · <a href="epcis.jsonld" download>epcis.jsonld</a> · '
        "<code>grader trace verify proof.txt --trust trust.json</code></p></section>"
    )
