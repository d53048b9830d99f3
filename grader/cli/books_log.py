"""`grader trace log`: the station's log is signed, shown, checked and cosigned, and what is in it is proved."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from grader.cli.books import FILE, answer, at_the_desk, json_option, looking, shown, station_option, table
from grader.cli.log_heads import read_keys, sign_with
from grader.cli.station_file import read_station_file
from grader.cli.whole_files import read_bytes, write_whole
from grader.store.books import one_moment
from grader.store.books.log import checkpoints, counts_by_kind, log_size, signature_lines
from grader.store.books.trays import tray_with
from grader.trace.desk.logbook import ask_witness, check_log, prove_packing, take_cosignature
from grader.trace.errors import LogAlteredError, NoSuchThingError
from grader.trace.evidence import Checkpoint, Signature, Trust, load_trust, trust_text
from grader.trace.evidence.trust import Log, LogKey

EXIT_ALTERED = 1


@click.group()
def log() -> None:
    """The log that nobody can rewrite unseen: sign its head, prove what is in it, have it cosigned."""


@log.command("sign")
@click.option(
    "--key", "key_files", type=FILE, multiple=True, help="Left out: the station's; several while keys change."
)
@json_option
@station_option
def sign_command(*, key_files: tuple[Path, ...], station: Path, as_json: bool) -> None:
    """Put all that happened into the log, and sign its head."""
    with at_the_desk(station) as (desk, file):
        head = Checkpoint.from_text(sign_with(desk, key_files or (file.log_key,)).text)
    words = f"Signed: {head.origin}, {head.size} entries, root {head.root.hex()[:16]}..."
    answer(words, {"origin": head.origin, "size": head.size, "root": head.root.hex()}, as_json=as_json)


@log.command("show")
@json_option
@station_option
def show(*, station: Path, as_json: bool) -> None:
    """Show how much is in the log, and who signed its heads."""
    with looking(station) as (books, file), one_moment(books):
        size, kinds = log_size(books), counts_by_kind(books)
        heads = [
            {**head, "root": head["root"].hex(), "signed_by": _names(signature_lines(books, head["size"]))}
            for head in checkpoints(books)
        ]
    rows = [
        (head["size"], head["root"][:16], shown(head["utc_ns"], file), ", ".join(head["signed_by"])) for head in heads
    ]
    words = [
        f"{size} entries: {', '.join('{events} {kind}'.format(**kind) for kind in kinds) or 'none'}",
        table(("ENTRIES", "ROOT", "SIGNED", "BY"), rows[-10:]),
    ]
    if size > (heads[-1]["size"] if heads else 0):
        words.append(f"{size - (heads[-1]['size'] if heads else 0)} entries have come since: grader trace log sign")
    value = {"size": size, "kinds": {kind["kind"]: kind["events"] for kind in kinds}, "heads": heads}
    answer("\n".join(words), value, as_json=as_json)


@log.command("check")
@json_option
@station_option
def check(*, station: Path, as_json: bool) -> int:
    """Hold events and rows of the books against what was signed and sealed. Exit code 1: somebody changed the file."""
    with looking(station) as (books, _):
        try:
            found = check_log(books)
        except LogAlteredError as error:
            answer(f"ALTERED: {error}", {"sound": False, "why": str(error)}, as_json=as_json)
            return EXIT_ALTERED
    words = (
        f"Sound: {found.size} entries are those that {found.heads} signed heads stand for, "
        f"and {found.rows} rows of the books those that were sealed."
    )
    answer(words, {"sound": True, **asdict(found)}, as_json=as_json)
    return 0


@log.command("prove")
@click.argument("tray")
@click.option(
    "--trust", "trust_file", type=FILE, help="Prove under the newest head that this file's witnesses vouch for."
)
@click.option("-o", "--output", type=FILE, required=True, help="The file of the proof.")
@station_option
def prove_command(tray: str, trust_file: Path | None, output: Path, station: Path) -> None:
    """Prove what the label of the TRAY (its number, or serial) stands for: who has the file needs us no more."""
    trust = None if trust_file is None else load_trust(trust_file)
    with looking(station) as (books, _):
        number = int(tray) if tray.isdigit() else tray_with(books, tray.rpartition("/")[2])
        if number is None:
            raise NoSuchThingError(f"no tray {tray} was labelled: look at the number or serial")
        bundle = prove_packing(books, number, trust)
    write_whole(output, bundle.written.encode())
    click.echo(f"{output} proves entry {bundle.index}, the packing of tray {number}.")


@log.command("request")
@click.argument("witness")
@click.option("-o", "--output", type=FILE, required=True, help="The file to send.")
@station_option
def request(witness: str, output: Path, station: Path) -> None:
    """Ask the WITNESS (its key's name) to cosign: a file to send, which `grader trace cosign` there answers."""
    with looking(station) as (books, _):
        asked = ask_witness(books, witness)
    write_whole(output, asked.written.encode())
    click.echo(f"Send {output} to {witness}; give its answer to `grader trace log cosigned`.")


@log.command("cosigned")
@click.argument("answer_file", metavar="ANSWER", type=FILE)
@click.option("--trust", "trust_file", type=FILE, required=True, help="Names the witness's key.")
@station_option
def cosigned(answer_file: Path, trust_file: Path, station: Path) -> None:
    """Keep a witness's ANSWER with the head that it cosigned."""
    line = read_bytes(answer_file).decode("utf-8", "replace")
    with at_the_desk(station) as (desk, _):
        size = take_cosignature(desk, line, load_trust(trust_file))
    click.echo(f"The head of {size} entries bears one cosignature more.")


@log.command("trust")
@click.option("--holder", required=True, help="Who answers for the log, in words.")
@click.option("-o", "--output", type=FILE, required=True, help="The file to hand out, on another way than the proofs.")
@station_option
def trust_command(holder: str, output: Path, station: Path) -> None:
    """Begin the trust file of this station: its log's key, and no witnesses yet."""
    (key,) = read_keys((read_station_file(station).log_key,))
    named = Log(origin=key.public.name, holder=holder, keys=(LogKey(key=key.public),))
    write_whole(output, trust_text(Trust(format="grader-trust/1", logs=(named,))).encode())
    click.echo(f"{output} names {key.public.text}")


def _names(lines: Sequence[str]) -> list[str]:
    return [Signature.from_line(line.strip()).name for line in lines]
