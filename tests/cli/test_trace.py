"""`grader trace`: what a buyer, an operator and a witness type."""

import json
import stat
from pathlib import Path

import pytest

from grader.cli.main import EXIT_USAGE, main
from grader.trace.evidence import EventLog, PublicKey, SecretKey, trust_text
from grader.trace.evidence.note import Signature
from grader.trace.evidence.trust import Log, LogKey, Trust, Witness

ORIGIN = "station.example/1"


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with both keys, made by the command, and the trust file that names them."""
    public = {}
    for kind, name in (("log", ORIGIN), ("witness", "county.example/w")):
        assert main(["trace", "key", name, "--kind", kind, "-o", str(tmp_path / f"{kind}.key")]) == 0
        public[kind] = PublicKey.from_text(capsys.readouterr().out.strip())
    trust = Trust(
        format="grader-trust/1",
        logs=(Log(origin=ORIGIN, holder="合作社", keys=(LogKey(key=public["log"]),), witnesses_needed=1),),
        witnesses=(Witness(holder="County office", key=public["witness"]),),
    )
    (tmp_path / "trust.json").write_text(trust_text(trust), encoding="utf-8")
    return tmp_path


def logged(office: Path, count: int = 5) -> tuple[EventLog, SecretKey]:
    log = EventLog(ORIGIN)
    for tray in range(count):
        log.append({"tray": tray, "grower": "草莓 \u202e grower"})
    return log, SecretKey.from_text((office / "log.key").read_text().strip())


def cosign(office: Path, request: str) -> int:
    (office / "request.txt").write_text(request, encoding="utf-8")
    words = ["trace", "cosign", "request.txt", "--trust", "trust.json", "--key", "witness.key", "--seen", "seen.txt"]
    return main([str(office / word) if "." in word else word for word in words])


def verify(office: Path, proof: str, *more: str) -> int:
    (office / "proof.txt").write_text(proof, encoding="utf-8")
    return main(["trace", "verify", str(office / "proof.txt"), "--trust", str(office / "trust.json"), *more])


def proof_of(office: Path, capsys: pytest.CaptureFixture[str]) -> str:
    log, key = logged(office)
    head = log.checkpoint([key])
    assert cosign(office, log.request(head, 0).written) == 0
    return log.prove(3, head.signed_also(Signature.from_line(capsys.readouterr().out.strip()))).written


def test_a_good_proof_says_who_vouches_for_what(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = proof_of(office, capsys)
    assert verify(office, proof) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"GOOD: entry 3 of the 5 in the log {ORIGIN}\n")
    assert "合作社" in said
    assert "County office  county.example/w   witness, 20" in said
    assert "tray    3" in said


def test_a_strangers_words_do_not_turn_the_terminal_around(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(office, proof_of(office, capsys)) == 0
    said = capsys.readouterr().out
    assert "\u202e" not in said
    assert "草莓 \\u202e grower" in said


def test_a_bad_proof_says_why_and_exits_with_1(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = proof_of(office, capsys).replace("index 3", "index 2")
    assert verify(office, proof) == 1
    assert capsys.readouterr().out.startswith("BAD: the event is not in the log at that place")


def test_what_cannot_be_read_exits_with_2(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(office, "nonsense") == EXIT_USAGE
    assert "c2sp.org/tlog-proof@v1" in capsys.readouterr().err
    missing, trust = str(office / "missing.txt"), str(office / "trust.json")
    assert main(["trace", "verify", missing, "--trust", trust]) == EXIT_USAGE
    assert main(["trace", "verify", str(office / "proof.txt"), "--trust", missing]) == EXIT_USAGE
    assert main(["trace", "verify", str(office / "proof.txt")]) == EXIT_USAGE


def test_a_program_gets_the_verdict_as_json(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = proof_of(office, capsys)
    assert verify(office, proof, "--json") == 0
    good = json.loads(capsys.readouterr().out)
    assert good["holds"] is True
    assert good["event"]["tray"] == 3
    assert [voucher["holder"] for voucher in good["vouchers"]] == ["合作社", "County office"]
    assert verify(office, proof.replace("index 3", "index 2"), "--json") == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_a_key_is_its_owners_to_read_and_never_overwritten(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = office / "log.key"
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert main(["trace", "key", ORIGIN, "--kind", "log", "-o", str(path)]) == EXIT_USAGE
    assert "name a new file" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_witness_remembers_what_it_cosigned(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, key = logged(office)
    assert cosign(office, log.request(log.checkpoint([key]), 0).written) == 0
    log.append({"tray": 5})
    head = log.checkpoint([key])
    assert cosign(office, log.request(head, 5).written) == 0
    rewritten, _ = logged(office, 9)
    capsys.readouterr()
    assert cosign(office, rewritten.request(rewritten.checkpoint([key]), 6).written) == EXIT_USAGE
    refused = capsys.readouterr()
    assert refused.out == ""
    assert "may have been rewritten" in refused.err
    assert (office / "seen.txt").read_text() == head.text
