"""Signed notes, checkpoints and cosignatures, as C2SP prints them and as they come back damaged."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.merkle import EMPTY_ROOT
from grader.trace.errors import UnreadableError
from grader.trace.evidence.checkpoint import Checkpoint
from grader.trace.evidence.cosignature import cosign, cosigned_at_s
from grader.trace.evidence.keys import KeyKind, PublicKey, SecretKey
from grader.trace.evidence.note import Signature, parse, sign, sign_text
from tests.trace.world import COSIGNED_S, ORIGIN, log_key, witness_key

C2SP_NOTE = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore \
NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
"""Printed in c2sp.org/signed-note; its key is not."""

C2SP_COSIGNED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
"""Printed in c2sp.org/tlog-cosignature, with the time 1679315147 in its text."""

OTHERS_CHECKPOINT = """\
developers.google.com/android/binary_transparency/google1p/0
5
xqaCEZhTGZUuKNA7MpSyxe1WXiiESB2p+crAyzM+Vxo=
"""
OTHERS_KEY = "pTPPKyRu6Q3PoMkeY+/sNni0biF4vnVTYRHbVNA31mY="
OTHERS_COSIGNATURE = (
    "r0xBJQAAAABnkyoLuHgN5KlIUUpZV9hulwsFcgqV5v1CyeIhBZWdkfOJT0ims1LqbYygO5MEl91CGha5sP79K57P7lIGrz7Qtx8eBw=="
)
"""A public log's checkpoint, cosigned by a witness that runs other software (January 2025)."""

ZERO = "A" * 43 + "="
"""A hash of zeros."""

GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105
"""The pair of keys with which the documentation of Go's package sumdb/note shows the spelling."""


def test_the_note_printed_in_the_specification_is_read_with_the_blank_line_in_its_text() -> None:
    note = parse(C2SP_NOTE.encode())
    assert note.text.splitlines() == [
        "Ognuno sta solo sul cuor della terra", "trafitto da un raggio di sole:", "", "ed è subito sera.",
    ]  # fmt: skip
    (signature,) = note.signatures
    assert signature.name == "quasimodo.example/salvatore"
    assert signature.key_id.hex() == "367ba04b"
    assert len(signature.data) == 64
    assert note.written == C2SP_NOTE


def test_the_cosigned_checkpoint_printed_in_the_specification_is_read_with_its_time() -> None:
    note = parse(C2SP_COSIGNED.encode())
    checkpoint = Checkpoint.from_text(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == note.text
    assert int.from_bytes(note.signatures[1].data[:8], "big") == 1679315147
    assert note.written == C2SP_COSIGNED


def test_published_keys_are_read_with_their_id_and_written_as_they_were() -> None:
    secret, public = SecretKey.from_text(GO_SECRET), PublicKey.from_text(GO_PUBLIC)
    assert secret.public == public
    assert public.id.hex() == "c74f20a3"
    assert (secret.text, public.text) == (GO_SECRET, GO_PUBLIC)


def test_a_secret_key_does_not_show_itself_in_a_log() -> None:
    secret = log_key()
    assert secret.text.split("+")[-1] not in repr(secret)
    assert repr(secret.seed) not in repr(secret)


@pytest.mark.parametrize("place", range(len(GO_PUBLIC)))
def test_a_public_key_with_one_wrong_character_is_refused(place: int) -> None:
    for wrong in {"A", "B", "+", " ", "é"} - {GO_PUBLIC[place]}:
        with pytest.raises(UnreadableError):
            PublicKey.from_text(GO_PUBLIC[:place] + wrong + GO_PUBLIC[place + 1 :])


@pytest.mark.parametrize("text", ["", "a+b", GO_PUBLIC + "A", GO_PUBLIC[:-4], "PRIVATE+KEY+a+b", "a+00000000+"])
def test_what_is_no_key_is_refused(text: str) -> None:
    for read in (PublicKey.from_text, SecretKey.from_text):
        with pytest.raises(UnreadableError):
            read(text)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "no\u00a0break", "line\nbreak", "bell\a"])
def test_a_key_needs_a_name_that_can_stand_in_a_note(name: str) -> None:
    with pytest.raises(UnreadableError, match="names no key"):
        SecretKey.from_seed(name, KeyKind.LOG, bytes(32))


@given(st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20), min_size=1))
def test_any_text_comes_back_from_its_note_with_signatures_that_hold(lines: list[str]) -> None:
    text = "\n".join(["first", *lines, "last"]) + "\n"
    keys = [log_key(1), log_key(2)]
    note = parse(sign(text, *keys).written.encode())
    assert note.text == text
    for key, signature in zip(keys, note.signatures, strict=True):
        assert signature.is_of(key.public)
        assert key.public.signed(text.encode(), signature.data)
        assert not key.public.signed(text.encode() + b"\n", signature.data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("\n\n— ", "\n— "),  # no blank line
        lambda text: text[: text.rindex("\n\n") + 2],  # no signature
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace("— ", "- "),
        lambda text: text.replace("— ", "—"),
        lambda text: text.replace("cuor", "cu\tor"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text[:-2] + "\n",  # a base64 that is cut
        lambda text: text.replace("tIc=", "tId="),  # the same bytes, spelt another way
        lambda text: text + "trailing\n",
        lambda text: text + text.splitlines()[-1].replace("quasimodo", "a+b") + "\n",
        lambda text: text + "— short AAAA\n",
        lambda text: text + (text.splitlines()[-1] + "\n") * 64,
        lambda text: text.splitlines()[-1] + "\n",
    ],
)
def test_a_damaged_note_is_refused(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(UnreadableError):
        parse(damage(C2SP_NOTE).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"\n\n", C2SP_NOTE.encode("utf-16"), b"a" * 2_000_000])
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse(data)


@pytest.mark.parametrize(
    "text",
    [
        "", "origin\n3\n", f"\n3\n{ZERO}\n", f"origin\n03\n{ZERO}\n", f"origin\n-3\n{ZERO}\n", "origin\n3\nAAAA\n",
        f"origin\n0\n{ZERO}\n", f"origin\n{2**63}\n{ZERO}\n", f"origin\n٣\n{ZERO}\n", f"origin\n3\n{ZERO}\n\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        Checkpoint.from_text(text)


def test_extension_lines_of_another_log_are_read_past() -> None:
    text = Checkpoint(ORIGIN, 0, EMPTY_ROOT).text
    assert Checkpoint.from_text(text + "an extension\n") == Checkpoint.from_text(text)


def test_a_cosignature_says_when_and_holds_for_that_checkpoint_and_time_alone() -> None:
    key, text = witness_key("county"), Checkpoint(ORIGIN, 0, EMPTY_ROOT).text
    signature = cosign(text, key, COSIGNED_S)
    assert cosigned_at_s(text, signature, key.public) == COSIGNED_S
    assert cosigned_at_s(text.replace("1", "2"), signature, key.public) is None
    assert cosigned_at_s(text, signature, witness_key("county", 7).public) is None
    later = Signature(signature.name, signature.key_id, (COSIGNED_S + 1).to_bytes(8, "big") + signature.data[8:])
    assert cosigned_at_s(text, later, key.public) is None
    assert cosigned_at_s(text, Signature(signature.name, signature.key_id, signature.data[:-1]), key.public) is None


def test_a_cosignature_that_other_software_made_holds() -> None:
    data = base64.b64decode(OTHERS_COSIGNATURE)
    key = PublicKey("witness", KeyKind.WITNESS, base64.b64decode(OTHERS_KEY))
    signature = Signature("witness", data[:4], data[4:])
    assert cosigned_at_s(OTHERS_CHECKPOINT, signature, key) == 1737697803
    assert cosigned_at_s(OTHERS_CHECKPOINT.replace("5", "6", 1), signature, key) is None


def test_a_log_does_not_witness_itself_and_a_witness_signs_no_plain_note() -> None:
    with pytest.raises(ValueError, match="log's key"):
        cosign("text\n", log_key(), COSIGNED_S)
    with pytest.raises(ValueError, match="witness's key"):
        sign_text("text\n", witness_key("county"))


def test_the_same_key_bytes_have_another_id_as_log_and_as_witness() -> None:
    raw = bytes(range(32))
    assert PublicKey("a", KeyKind.LOG, raw).id != PublicKey("a", KeyKind.WITNESS, raw).id
