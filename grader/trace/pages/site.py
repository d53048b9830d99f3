"""The pages beside those of trays: where to type a code, what an unknown code gets, and the way from a Digital Link."""

from html import escape

from grader.trace.identity.tray import TRACE_PATH
from grader.trace.pages.writing import document


def index_page(packer: str) -> str:
    """Where somebody lands who has no code."""
    return document(
        "草莓溯源 Strawberry trace",
        f"""<header><h1>草莓溯源 Strawberry trace</h1></header><main><section>
<p>{escape(packer)}</p>
<p>请扫描盘上标签的二维码。 Scan the code on the tray's label.</p>
<p>没有扫码时,地址是本站地址加标签上的追溯码: Without a scanner, add the label's trace code to this address:<br>
<code>…/{TRACE_PATH}/GV1-261125-1S-001/12-ABCDEFGH/</code></p></section></main>""",
    )


def unknown_page() -> str:
    """What an unknown code gets: the host shows it where it has no file (`404.html`)."""
    return document(
        "未知的追溯码 Unknown code",
        """<header><h1>草莓溯源 Strawberry trace</h1></header><main>
<p class="banner bad"><b>没有这个追溯码</b> There is no such code</p><section>
<p>本站没有这个标签。它可能是伪造的,也可能刚刚打印、尚未公布。请勿据此相信标签上的内容,可向合作社询问。</p>
<p>No tray with this label was published here. It may be forged; or it was printed just now and is not published yet. Do
not rely on what the label says; ask the cooperative.</p></section></main>""",
    )


def forwarding(batch: str, serial: str, steps_up: int) -> str:
    """The page at a Digital Link's own path: it leads on to the tray's page, `steps_up` folders above and down."""
    target = f"{'../' * steps_up}{TRACE_PATH}/{batch}/{serial}/"
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(batch)}/{escape(serial)}</title>'
        f'<meta http-equiv="refresh" content="0;url={escape(target)}"></head><body>'
        f'<a href="{escape(target)}">{escape(batch)}/{escape(serial)}</a></body></html>\n'
    )
