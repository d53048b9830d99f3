"""What holds for every file of the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file that git tracks or would track; skipped outside a git checkout (an unpacked archive)."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git and a git checkout")
    return [path for line in listed.splitlines() if (path := ROOT / line).is_file()]


def texts(paths: list[Path]) -> list[tuple[Path, str]]:
    readable = []
    for path in paths:
        try:
            readable.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return readable


def machine_paths(root: Path, home: Path) -> re.Pattern[str]:
    """What a path of this machine looks like in a text, for a checkout at `root`."""
    # A checkout or a home may be "/" itself, and "//" stands in every address: such a folder gives nothing away.
    folders = [folder for folder in (root, root.parent / "shared", home) if folder != Path("/")]
    # Only where a path begins: "../shared/" and "https://host/checkout/" merely contain one.
    return re.compile("|".join(rf"(?<![\w./]){re.escape(str(folder))}/" for folder in folders))


def test_no_file_carries_a_path_of_the_machine_it_was_written_on(tracked: list[Path]) -> None:
    here = machine_paths(ROOT, Path.home())
    found = [(path.relative_to(ROOT), match) for path, text in texts(tracked) for match in here.findall(text)]
    assert found == []


@pytest.mark.parametrize("root", ["/", "/checkout", "/home/me/checkout"])
def test_neither_an_address_nor_a_relative_path_gives_a_machine_away(root: str) -> None:
    text = "https://example.org/page, https://example.org/checkout/page, ../shared/data, ./checkout/data"
    assert machine_paths(Path(root), home=Path("/")).findall(text) == []


def test_an_absolute_path_of_the_checkout_gives_the_machine_away() -> None:
    text = "`/checkout/docs`, file:/checkout/docs"
    assert machine_paths(Path("/checkout"), home=Path("/")).findall(text) == ["/checkout/", "/checkout/"]


def test_every_link_between_documents_leads_somewhere(tracked: list[Path]) -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path, text in texts([path for path in tracked if path.suffix == ".md"])
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text)
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    decisions = {path.name for path in folder.glob("[0-9]*.md")}
    assert decisions
    assert set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())) == decisions


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)[1].split())  # type: ignore[index]
    assert phony == set(re.findall(r"^([\w-]+):.*## \S", makefile, flags=re.MULTILINE))
