"""Reading rule packs: the shipped ones, files of every kind, and the hash of what they say."""

import errno
from pathlib import Path

import pytest

from grader.grading import (
    RulePackError,
    RulePackFileError,
    UnknownRulePackError,
    find_rule_pack,
    load_rule_pack,
    shipped_names,
    shipped_rule_pack,
    shipped_text,
)

COOPERATIVE = shipped_text("cooperative")


def written(folder: Path, text: str) -> Path:
    path = folder / "own.rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_is_listed_first() -> None:
    assert shipped_names() == ("cooperative", "same-day", "unece")


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_pack_bears_the_name_of_its_file(name: str) -> None:
    assert shipped_rule_pack(name).name == name


def test_house_rules_are_not_passed_off_as_a_standard() -> None:
    statuses = {
        name: {limit.status for criterion in shipped_rule_pack(name).criteria for limit in criterion.limits}
        for name in shipped_names()
    }
    assert statuses == {"cooperative": {"house rule"}, "same-day": {"house rule"}, "unece": {"standard"}}


def test_a_name_that_is_not_shipped_gets_the_list_of_those_that_are() -> None:
    with pytest.raises(UnknownRulePackError, match=r'did you mean "cooperative".*"same-day", "unece"'):
        find_rule_pack("coperative")


def test_a_pack_is_found_by_name_or_by_file(tmp_path: Path) -> None:
    assert find_rule_pack("unece") is shipped_rule_pack("unece")
    assert find_rule_pack(str(written(tmp_path, COOPERATIVE))) == shipped_rule_pack("cooperative")


def test_comments_white_space_and_the_order_of_keys_do_not_change_the_hash(tmp_path: Path) -> None:
    lines = [line.partition(" #")[0] for line in COOPERATIVE.splitlines() if not line.startswith("#")]
    bare = "\r\n".join(lines).replace('value = 35.0\r\nunit = "mm"', "unit  =  'mm'\r\nvalue = 35")
    path = tmp_path / "bare.rules.toml"
    path.write_bytes(b"\xef\xbb\xbf" + bare.encode())
    assert load_rule_pack(path).hash == shipped_rule_pack("cooperative").hash


@pytest.mark.parametrize(
    ("old", "new"), [("value = 35.0", "value = 35.1"), ('version = "1.0.0"', 'version = "1.0.1"'), ("unripe", "pale")]
)
def test_what_the_pack_says_changes_the_hash(tmp_path: Path, old: str, new: str) -> None:
    changed = load_rule_pack(written(tmp_path, COOPERATIVE.replace(old, new)))
    assert changed.hash != shipped_rule_pack("cooperative").hash


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"# nothing but a comment\n", "is empty"),
        (b"\xff\xd8\xff\xe0 a photograph", "is no text in UTF-8"),
        (b"PK\x03\x04\x00\x00", "is not TOML"),
        (b'{"format": 1}', "is not TOML"),
        (b"format = 1\nname = ", "is not TOML: Invalid value"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"#" * 1_000_001, "has 1000001 bytes"),
    ],
)
def test_a_file_that_is_no_rule_pack_gets_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "own.rules.toml"
    path.write_bytes(content)
    with pytest.raises(RulePackFileError, match=sentence):
        load_rule_pack(path)


@pytest.mark.parametrize(
    ("name", "sentence"), [("absent.toml", "is not there"), (".", "is not a file"), ("x" * 300, "x")]
)
def test_a_path_without_a_file_gets_a_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(RulePackFileError, match=sentence):
        load_rule_pack(tmp_path / name)


def test_a_file_that_may_not_be_read_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(RulePackFileError, match="cannot be read: Permission denied"):
        load_rule_pack(written(tmp_path, COOPERATIVE))


def test_an_error_counts_and_carries_its_problems(tmp_path: Path) -> None:
    with pytest.raises(RulePackError, match=r"own\.rules\.toml has 2 problems:") as raised:
        load_rule_pack(written(tmp_path, COOPERATIVE.replace("value = 35.0", 'value = "35"').replace("30.0", "-30.0")))
    assert len(raised.value.problems) == 2
