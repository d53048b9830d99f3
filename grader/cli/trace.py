"""`grader trace`: lots and trays; check a proof without a network, make keys, and cosign as a witness does."""

import json
import os
import secrets
import time
from pathlib import Path

import click

from grader.cli.columns import columns
from grader.cli.lazy import LazyGroup
from grader.cli.whole_files import read_bytes
from grader.errors import GraderError
from grader.store.files import write_in_place
from grader.trace.errors import BadProofError
from grader.trace.evidence import (
    Bundle,
    Checkpoint,
    KeyKind,
    Request,
    SecretKey,
    Verdict,
    Voucher,
    answer,
    load_trust,
    verify,
)

EXIT_BAD = 1
FILE = click.Path(dir_okay=False, path_type=Path)
KINDS = {"log": KeyKind.LOG, "witness": KeyKind.WITNESS}
ONLY_OWNER = 0o600


class KeyFileError(GraderError, OSError, code="trace-key-file"):
    """A file of a key or of a witness cannot be read or written. Name another, or mend its permissions."""


BOOKS = {
    "operator": "grader.cli.books_people:operator",
    "shift": "grader.cli.books_people:shift",
    "grower": "grader.cli.books_people:grower",
    "lot": "grader.cli.books_lots:lot",
    "follow": "grader.cli.books_tracing:follow",
    "tray": "grader.cli.books_weighing:tray",
    "back": "grader.cli.books_tracing:back",
    "forward": "grader.cli.books_tracing:forward",
    "held": "grader.cli.books_tracing:held",
    "release": "grader.cli.books_tracing:release_command",
    "sample": "grader.cli.books_tracing:sample_command",
    "certificate": "grader.cli.books_certificates:certificate",
    "lab-sample": "grader.cli.books_cold_chain:lab_sample",
    "temperatures": "grader.cli.books_cold_chain:temperatures",
    "log": "grader.cli.books_log:log",
    "demo": "grader.cli.trace_demo:demo_command",
    "backup": "grader.cli.books_backup:backup_command",
    "restore": "grader.cli.books_backup:restore_command",
    "preview": "grader.cli.site_preview:preview",
    "publish": "grader.cli.books_publishing:publish_command",
    "balance": "grader.cli.books_tracing:balance",
    "settle": "grader.cli.books_tracing:settle",
}
"""Checking a proof must not load what a station needs."""


@click.group(cls=LazyGroup, places=BOOKS)
def trace() -> None:
    """Say whose fruit are in a tray, and check what its label promises, offline."""


@trace.command("verify")
@click.argument("proof", type=FILE)
@click.option("--trust", "trust_file", type=FILE, required=True, help="Whom to trust; from the cooperative.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
def verify_command(proof: Path, trust_file: Path, as_json: bool) -> int:  # noqa: FBT001 - click passes by name
    """Check that PROOF holds, and say who vouches for it.

    Exit code 0: it holds. 1: it does not, or too few vouch for it. 2: it, or the trust file, cannot be read.
    """
    trust = load_trust(trust_file)
    try:
        verdict = verify(Bundle.parse(read_bytes(proof)), trust)
    except BadProofError as error:
        click.echo(json.dumps({"holds": False, "why": str(error)}) if as_json else f"BAD: {error}")
        return EXIT_BAD
    click.echo(json.dumps(_as_json(verdict), ensure_ascii=False) if as_json else _in_words(verdict))
    return 0


@trace.command("key")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What the key will sign.")
@click.option("-o", "--output", type=FILE, required=True, help="The file of the secret key; must not exist yet.")
def key_command(name: str, kind: str, output: Path) -> None:
    """Make a new key called NAME (like an address: example.org/station-1) and print its public line."""
    key = SecretKey.from_seed(name, KINDS[kind], secrets.token_bytes(32))
    try:
        # A key that is overwritten is lost for good: the file must be new, and nobody else's to read, from the start.
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(key.text + "\n")
    except OSError as error:
        raise KeyFileError(f"cannot write the key to {output}: {error.strerror}: name a new file") from error
    click.echo(key.public.text)


@trace.command("cosign")
@click.argument("request", type=FILE)
@click.option("--trust", "trust_file", type=FILE, required=True, help="The logs that this witness watches.")
@click.option("--key", "key_file", type=FILE, required=True, help="The witness's secret key.")
@click.option("--seen", type=FILE, required=True, help="Where the witness keeps the head it saw last; made if missing.")
def cosign_command(request: Path, trust_file: Path, key_file: Path, seen: Path) -> None:
    """As a witness: check that a log only grew since it was seen last, and print the cosignature for its checkpoint."""
    trust, key = load_trust(trust_file), SecretKey.from_text(read_bytes(key_file).decode("utf-8", "replace").strip())
    asked = Request.parse(read_bytes(request))
    last = Checkpoint.from_text(read_bytes(seen).decode("utf-8", "replace")) if seen.exists() else None
    signature = answer(asked, trust, last, key, int(time.time()))
    # Before anybody gets the signature: whoever forgets what he signed can be made to sign two histories.
    _keep(seen, Checkpoint.from_text(asked.checkpoint.text).text)
    click.echo(signature.line, nl=False)


def _in_words(verdict: Verdict) -> str:
    head = verdict.checkpoint
    rows = [("", _printable(voucher.holder), voucher.key.name, _when(voucher)) for voucher in _vouchers(verdict)]
    fields = [("", key, _printable(json.dumps(value, ensure_ascii=False))) for key, value in verdict.event.items()]
    return "\n".join([
        f"GOOD: entry {verdict.index} of the {head.size} in the log {head.origin}",
        "It is vouched for by:",
        columns(rows),
        "It says:",
        columns(fields),
    ])  # fmt: skip


def _as_json(verdict: Verdict) -> dict[str, object]:
    vouchers = [
        {"holder": voucher.holder, "key": voucher.key.text, "cosigned_at": _time(voucher)}
        for voucher in _vouchers(verdict)
    ]
    head = verdict.checkpoint
    log = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "index": verdict.index}
    return {"holds": True, "log": log, "vouchers": vouchers, "event": verdict.event}


def _vouchers(verdict: Verdict) -> list[Voucher]:
    return [verdict.operator, *verdict.witnesses]


def _when(voucher: Voucher) -> str:
    return "the log's operator" if voucher.cosigned_at is None else f"witness, {_time(voucher)}"


def _time(voucher: Voucher) -> str | None:
    return None if voucher.cosigned_at is None else voucher.cosigned_at.isoformat()


def _printable(text: str) -> str:
    """`text` without what would move the cursor or turn the direction of writing: the words are a stranger's."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _keep(path: Path, text: str) -> None:
    try:
        write_in_place(path, text.encode("utf-8"))
    except OSError as error:
        raise KeyFileError(f"cannot keep what was seen in {path}: {error.strerror}; nothing is cosigned") from error
