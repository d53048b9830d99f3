"""The page behind a label, in a real browser: it proves itself, and says so where somebody changed a byte."""

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import main
from grader.trace.evidence import KeyKind, SecretKey, trust_text
from grader.trace.pages.writing import FOLDER
from tests.system.buyers_site import GTIN, Site, build, served, trust_of

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright for Python")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
    # Playwright's own event loop is still there when the fixtures' sockets are collected.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
JUDGED = "html[data-verdict]:not([data-verdict=checking])"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"]
LONGEST_MS = 2000
HEAVIEST_BYTES = 50_000
NO_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, data, algorithm, ...rest) => algorithm.name === "Ed25519"
  ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
  : importKey(format, data, algorithm, ...rest);
"""
NO_CRYPTO = "Object.defineProperty(window, 'crypto', {value: {}});"

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    (folder / "books").mkdir()
    return build(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:  # noqa: ANN401
    """Serve a page's HTML at a path and open it; gives the page once its verdict is there."""
    with served(tmp_path) as address:
        contexts = []

        def open_page(html: str, path: str, init: str = "", *, judged: bool = True, **settings: object) -> Any:  # noqa: ANN401
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
            (tmp_path / path / "index.html").write_text(html, "utf-8")
            context = browser.new_context(**{"viewport": {"width": 390, "height": 844}, **settings})
            contexts.append(context)
            page = context.new_page()
            if init:
                page.add_init_script(init)
            page.goto(f"{address}/{path}/")
            if judged:
                page.wait_for_selector(JUDGED, state="attached")
            return page

        yield open_page
        for context in contexts:
            context.close()


def verdict(page: Any) -> str:  # noqa: ANN401
    return str(page.evaluate("document.documentElement.dataset.verdict"))


def said(page: Any) -> str:  # noqa: ANN401
    return str(page.inner_text("#check"))


@pytest.mark.parametrize("width", [390, 1280])
def test_an_honest_page_proves_itself_in_time_and_fits_the_screen(site: Site, opened: Open, width: int) -> None:
    page = opened(site.page(), site.good, viewport={"width": width, "height": 800})
    assert verdict(page) == "proved"
    assert "已证实" in said(page)
    assert "signed by: Green Valley cooperative" in said(page)
    took = re.search(r"(\d+) ms", said(page))
    assert took is not None
    assert int(took[1]) <= LONGEST_MS
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("[data-n].proved").inner_text() == "王芳"
    page.click("#again")
    page.wait_for_selector("html[data-verdict=proved]", state="attached")


def alter(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def flip(text: str, pattern: str) -> str:
    """Another character at the end of what `pattern` finds: a byte of base64 or of a hash."""
    found = re.search(pattern, text)
    assert found is not None
    place = found.end() - 1
    return text[:place] + ("B" if text[place] != "B" else "C") + text[place + 1 :]


ALTERED: dict[str, Callable[[str], str]] = {
    "a better grade on the page": lambda text: alter(text, ">Super</span>", ">Extra</span>"),
    "a better grade in the event": lambda text: alter(text, 'grade\\":\\"Super\\"', 'grade\\":\\"Extra\\"'),
    "both": lambda text: text.replace(">Super</span>", ">Extra</span>").replace('\\"Super\\"', '\\"Extra\\"'),
    "another date on the page": lambda text: alter(text, ">2026-11-30</span>", ">2026-12-30</span>"),
    "a hash on the way up": lambda text: flip(text, r'"path":\["....'),
    "the place in the log": lambda text: re.sub(r'"index":(\d+)', lambda m: f'"index":{int(m[1]) + 1}', text, count=1),
    "the head": lambda text: re.sub(r"(station\.example/1\\n)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}", text, count=1),
    "the signature": lambda text: flip(text, r"— station\.example/1 .{40}"),
    "the grower's name on the page": lambda text: alter(text, ">王芳</b>", ">王方</b>"),
    "the grower's name in the data": lambda text: text.replace("王芳", "王方"),
    "the outcome of a report": lambda text: alter(text, ">合格 passed</span>", ">不合格 failed</span>"),
    "another product sprayed": lambda text: text.replace("carbendazim", "water"),
    "a higher bar": lambda text: re.sub(r'height="9"', 'height="8"', text, count=1),
    "a fact that is not marked": lambda text: re.sub(r"<span [^>]*trace:grade\"[^>]*>", "<span>", text),
    "a banner": lambda text: alter(text, "放行销售", "绝对安全"),
    "a duplicate key": lambda text: alter(text, '"event":"{', '"event":"{\\"a\\":1,\\"a\\":1,'),
}  # fmt: skip


@pytest.mark.parametrize("how", ALTERED)
def test_a_page_of_which_something_was_changed_says_so(site: Site, opened: Open, how: str) -> None:
    html = ALTERED[how](site.page())
    assert html != site.page()
    page = opened(html, site.good)
    assert verdict(page) == "altered", said(page)
    assert "已被改动" in said(page)


def test_every_single_byte_of_the_proof_matters(site: Site, opened: Open) -> None:
    html = site.page()
    begin, end = html.index('id="data">') + 10, html.index("</script>")
    first = html[begin:end].index('"entries":')
    stop = html[begin:end].index('"disclosed":')
    for place in range(begin + first + 20, begin + stop - 5, max(1, (stop - first) // 12)):
        changed = html[:place] + ("7" if html[place] != "7" else "8") + html[place + 1 :]
        assert verdict(opened(changed, site.good)) == "altered", html[place - 20 : place + 20]


def test_a_page_that_was_copied_to_another_label_says_so(site: Site, opened: Open) -> None:
    page = opened(site.page(), site.held)
    assert verdict(page) == "altered"


def test_a_digital_link_leads_to_the_page_of_its_tray(site: Site, browser: Any) -> None:  # noqa: ANN401
    _, batch, serial = site.good.split("/")
    page = browser.new_page()
    with served(site.folders["alone"]) as address:
        page.goto(f"{address}/01/{GTIN}/10/{batch}/21/{serial}/")
        page.wait_for_selector(JUDGED, state="attached")
        assert page.url == f"{address}/{site.good}/"
        assert verdict(page) == "proved"
        page.close()


def test_a_recall_cannot_be_hidden_behind_another_banner(site: Site, opened: Open) -> None:
    recalled = site.page(path=site.recalled)
    page = opened(recalled, site.recalled)
    assert verdict(page) == "proved"
    assert "已召回" in page.inner_text(".banner")
    assert "glass in a crate" in page.inner_text("main")
    hidden = recalled.replace('data-standing="recalled"', 'data-standing="sold"')
    hidden = alter(hidden, "已召回,请勿食用", "放行销售")
    assert verdict(opened(hidden, site.recalled)) == "altered"


def test_another_script_does_not_run(site: Site, opened: Open) -> None:
    html = alter(site.page(), '"altered", "bad"', '"proved", "good"')
    page = opened(html, site.good, judged=False)
    assert page.get_attribute("html", "data-verdict") is None
    assert "已证实" not in said(page)


@pytest.mark.parametrize(("which", "words"), [("held", "暂停销售"), ("voided", "此标签已作废")])
def test_a_held_and_a_withdrawn_tray_say_so_and_prove_it(site: Site, opened: Open, which: str, words: str) -> None:
    path = getattr(site, which)
    page = opened(site.page(path=path), path)
    assert verdict(page) == "proved"
    assert words in page.inner_text(".banner")


def test_without_enough_witnesses_nothing_is_proved_and_with_them_it_is(site: Site, opened: Open) -> None:
    lonely = opened(site.page("lonely"), site.good)
    assert verdict(lonely) == "not-proved"
    assert "1 witness(es) still missing" in said(lonely)
    watched = opened(site.page("watched"), site.good)
    assert verdict(watched) == "proved"
    assert "County office" in said(watched)
    forged = flip(site.page("watched"), r"— county\.example/w .{60}")
    assert verdict(opened(forged, site.good)) == "altered"


def test_a_log_that_a_stranger_signed_is_not_proved(site: Site, opened: Open) -> None:
    page = opened(site.page("strangers"), site.good)
    assert verdict(page) == "not-proved"
    assert "no trusted key" in said(page)


def test_a_browser_without_ed25519_checks_with_the_pages_own(site: Site, opened: Open) -> None:
    assert verdict(opened(site.page(), site.good, NO_ED25519)) == "proved"
    assert verdict(opened(ALTERED["the signature"](site.page()), site.good, NO_ED25519)) == "altered"


def test_where_the_browser_cannot_check_the_page_says_that_and_no_more(site: Site, opened: Open) -> None:
    page = opened(site.page(), site.good, NO_CRYPTO)
    assert verdict(page) == "not-proved"
    assert "Not checked here" in said(page)
    assert page.locator("a[href='proof.txt']").is_visible()


def test_the_page_can_be_read_without_a_script_and_loads_nothing(site: Site, opened: Open) -> None:
    page = opened(site.page(), site.good, judged=False, java_script_enabled=False)
    text = page.inner_text("main")
    for word in (
        "特级 Super",
        "35 mm+",
        "王芳",
        "Hongyan",
        "carbendazim",
        "合格 passed",
        "2026-11-30",
        "绿谷合作社",
        "6.5 °C 超温",
        "送检",
    ):
        assert word in text
    assert not re.search(r"(?:src|href)=\"(?!proof\.txt|epcis\.jsonld)", site.page())


def test_a_page_is_lighter_than_50_kb(site: Site) -> None:
    for folder in site.folders.values():
        for path in folder.rglob("*.html"):
            assert path.stat().st_size < HEAVIEST_BYTES


def test_what_the_page_proves_grader_verifies_too(site: Site, tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text(trust_text(trust_of("watched")), "utf-8")
    proof = site.folders["watched"] / site.good / "proof.txt"
    assert main(["trace", "verify", str(proof), "--trust", str(tmp_path / "trust.json")]) == 0


def test_the_pages_own_ed25519_judges_as_the_library_does(browser: Any) -> None:  # noqa: ANN401
    page = browser.new_page()
    page.goto("about:blank")
    cases, expected = [], []
    for number in range(1, 16):
        key = SecretKey.from_seed("a", KeyKind.LOG, bytes([number]) * 32)
        message = bytes(range(number))
        signature = key.sign(message)
        order = 2**252 + 27742317777372353535851937790883648493
        too_large = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
        for raw, signed, text in (
            (key.public.raw, signature, message),
            (key.public.raw, signature, message + b"x"),
            (key.public.raw, signature[:-1] + bytes([signature[-1] ^ 1]), message),
            (key.public.raw, bytes([signature[0] ^ 1]) + signature[1:], message),
            (key.public.raw, signature[:32] + too_large, message),
            (bytes([2]) + bytes(31), signature, message),
        ):
            cases.append([base64.b64encode(part).decode() for part in (raw, signed, text)])
            known = SecretKey.from_seed("a", KeyKind.LOG, bytes([number]) * 32).public
            expected.append(raw == known.raw and known.signed(text, signed))
    code = (FOLDER / "ed25519.js").read_text("utf-8")
    with served(Path(str(FOLDER))) as address:  # WebCrypto is there on a secure address alone
        page.goto(f"{address}/page.css")
        found = page.evaluate(
            code + "(cases => Promise.all(cases.map(one => ed25519(...one.map(text => "
            "Uint8Array.from(atob(text), char => char.charCodeAt(0)))))))(" + json.dumps(cases) + ")"
        )
    assert found == expected
    assert expected.count(True) == 15
    page.close()
