"""A small picture of how a tray's fruit are spread, of bars whose heights the page's script can check."""

from html import escape

from grader.trace.pages.fields import dig
from grader.trace.pages.tray_page import TrayPage

BAR, GAP = 14, 2
"""Width of a bar and between bars, in the picture's own units."""
WIDEST_PX = 64
"""Two bars do not fill a wide screen."""


def histogram(page: TrayPage, path: str, title: str) -> str:
    """Bars for the counts at `path` of the packing's event; nothing where there are none."""
    counts = dig(page.packed, path) or {}
    bars = sorted(((float(low), low, count) for low, count in counts.items() if _number(low)), key=lambda bar: bar[0])
    if not bars:
        return ""
    highest = max(count for _, _, count in bars)
    drawn, labels = [], []
    for place, (_, low, count) in enumerate(bars):
        x = place * (BAR + GAP)
        drawn.append(
            f'<rect data-e="0" data-p="{escape(path)}/{escape(low)}" data-a="height" x="{x}" y="{highest - count}" '
            f'width="{BAR}" height="{count}"></rect>'
        )
        labels.append(f"<span>{escape(low)}<br><b>{_count(path, low, count)}</b></span>")
    width = len(bars) * (BAR + GAP) - GAP
    return (
        f'<figure><figcaption>{title}</figcaption><div style="max-width:{len(bars) * WIDEST_PX}px">'
        f'<svg viewBox="0 0 {width} {highest}" preserveAspectRatio="none" role="img" aria-label="{escape(title)}">'
        f"{''.join(drawn)}</svg><div class=axis>{''.join(labels)}</div></div></figure>"
    )


def _count(path: str, low: str, count: int) -> str:
    return f'<i data-e="0" data-p="{escape(path)}/{escape(low)}" data-f="text">{count}</i>'


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
