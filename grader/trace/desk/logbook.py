"""The log of the station: what is done at the desk is put into it, its head is signed, and what is in it is proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.merkle import leaf_hash
from grader.store.books import one_moment
from grader.store.books.log import (
    AUDITED,
    audited_rows,
    checkpoints,
    last_checkpoint,
    last_size_signed_by,
    leaves_from,
    log_node,
    log_size,
    nodes_of_level,
    seals_from,
    signature_lines,
    unlogged,
)
from grader.store.books.outbox import events_of_tray
from grader.store.books.records import ActLogged, CheckpointSigned
from grader.trace.desk.desk import Desk, at_utc, utc_ns
from grader.trace.errors import AgainstRulesError, BadProofError, LogAlteredError
from grader.trace.evidence import (
    Bundle,
    Checkpoint,
    Note,
    Request,
    SecretKey,
    Signature,
    Trust,
    verify_checkpoint,
)
from grader.trace.evidence.commitment import SALT_BYTES
from grader.trace.evidence.cosignature import cosigned_at_s
from grader.trace.evidence.disclosure import act
from grader.trace.evidence.note import sign as sign_note
from grader.trace.evidence.tree import MerkleTree, Tree

MOST_AHEAD_NS = 10 * 60 * 10**9
"""So much a clock may have been put back by whoever sets it."""


class BooksTree(Tree):
    """The log's tree as the books keep it."""

    def __init__(self, books: Any) -> None:  # noqa: ANN401 - SQL's types stay in store
        self._books = books
        self._size = log_size(books)

    @property
    def size(self) -> int:
        """The number of leaves when it was opened."""
        return self._size

    def kept(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree."""
        found = log_node(self._books, level, place)
        if found is None:
            raise LogAlteredError(f"the books lack the log's hash {level}/{place}: put a backup in their place")
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """What the whole log was found to be."""

    size: int
    heads: int
    """Signed heads, each of which the events of today still give."""
    rows: int
    """Rows of the books that are what the log sealed."""


def audit(desk: Desk) -> int:
    """Seal every row of the books into the log that is not in it yet; returns how many.

    Each goes in once, whatever dies when: the entry and the note of which row it is of are one transaction, and a row
    has one entry at most.
    """
    count = 0
    while True:
        with desk.asking() as books:
            found = [(source, row) for source in AUDITED for row in unlogged(books, source)]
        if not found:
            return count
        desk.write(*(_act(desk, source, row) for source, row in found))
        count += len(found)


def _act(desk: Desk, source: str, row: dict[str, Any]) -> ActLogged:
    salt, entry = desk.chance(SALT_BYTES), int(row["entry"])
    return ActLogged(
        source=source, entry=entry, canonical=act(source, entry, row, salt), salt=salt, utc_ns=utc_ns(desk.now())
    )


def sign(desk: Desk, keys: Sequence[SecretKey]) -> Note:
    """Audit, and sign the head of the log with `keys`, on record before anybody gets it; with all its signatures.

    What has come since the last head is hashed again, and the last head must be a beginning of this one:
    `LogAlteredError` where somebody has been at the file. `AgainstRulesError` for an empty log, for a key of another
    one, and where the clock stands before the last head.
    """
    audit(desk)
    with desk.asking() as books, one_moment(books):
        tree, last = BooksTree(books), last_checkpoint(books)
        origin = keys[0].public.name if last is None else str(last["origin"])
        if strangers := [key.public.name for key in keys if key.public.name != origin]:
            raise AgainstRulesError(f"the log is called {origin}, and {strangers[0]} is another one's key")
        if not tree.size:
            raise AgainstRulesError("the log is empty: there is nothing to sign")
        seen = 0 if last is None else int(last["size"])
        if last is not None and int(last["utc_ns"]) > utc_ns(desk.now()) + MOST_AHEAD_NS:
            raise AgainstRulesError(
                f"the clock says {desk.now():%Y-%m-%d %H:%M}, and the last head was signed after that, "
                f"{at_utc(int(last['utc_ns'])):%Y-%m-%d %H:%M} UTC: set the clock"
            )
        if last is not None and tree.root(seen) != last["root"]:
            raise LogAlteredError(_altered(seen))
        _hash_again(books, seen)
        head = Checkpoint(origin, tree.size, tree.root())
        known = signature_lines(books, tree.size)
    note = sign_note(head.text, *keys)
    lines = tuple((signature.name, signature.line) for signature in note.signatures)
    desk.write(
        CheckpointSigned(
            origin=origin, size=head.size, root=head.root, lines=lines, utc_ns=utc_ns(desk.now())
        )
    )  # fmt: skip
    return _note(head, dict.fromkeys([*known, *(line for _, line in lines)]))


def head_of(books: Any, trust: Trust | None = None) -> Note:  # noqa: ANN401
    """The newest head that is vouched for as `trust` wants it; where there is none, or without `trust`, the newest.

    `AgainstRulesError` where none was signed.
    """
    heads = [_signed(books, head) for head in reversed(checkpoints(books))]
    if not heads:
        raise AgainstRulesError("no head of the log was signed yet: grader trace log sign")
    return next((note for note in heads if trust is not None and not_vouched(note, trust) is None), heads[0])


def prove(books: Any, position: int, head: Note) -> Bundle:  # noqa: ANN401
    """The proof that the event at `position` is in the log that `head` shows."""
    size = Checkpoint.from_text(head.text).size
    if not 0 < position <= size:
        raise AgainstRulesError(f"event {position} is not under the signed head of {size}: grader trace log sign")
    (leaf,) = leaves_from(books, position - 1, 1)
    return Bundle(bytes(leaf["canonical"]), position - 1, BooksTree(books).inclusion(position - 1, size), head)


def prove_packing(books: Any, tray: int, trust: Trust | None = None) -> Bundle:  # noqa: ANN401
    """The proof of what a tray's label stands for, under the head that `head_of` gives for `trust`.

    `AgainstRulesError` where it has no label, or got it since the head was signed.
    """
    packed = [one for one in events_of_tray(books, tray) if one["kind"] == "packed"]
    if not packed:
        raise AgainstRulesError(f"tray {tray} has no label, so there is nothing to prove: label it first")
    return prove(books, packed[-1]["position"], head_of(books, trust))


def ask_witness(books: Any, name: str) -> Request:  # noqa: ANN401
    """What the witness with the key `name` needs to cosign the newest head."""
    head = head_of(books)
    size, seen = Checkpoint.from_text(head.text).size, last_size_signed_by(books, name)
    return Request(seen, BooksTree(books).consistency(seen, size), head)


def take_cosignature(desk: Desk, line: str, trust: Trust) -> int:
    """Keep a witness's answer with the head that it is of, which may be an older one; returns that head's size.

    `AgainstRulesError` where `trust` does not name the witness, or it cosigned no head of this log: one wrong signature
    would spoil every proof that bears it.
    """
    signature = Signature.from_line(line.strip())
    witness = next((one.key for one in trust.witnesses if signature.is_of(one.key)), None)
    if witness is None:
        raise AgainstRulesError(f"the trust file names no witness {signature.name} with that key: take its newest one")
    with desk.asking() as books:
        heads = [_signed(books, head) for head in reversed(checkpoints(books))]
    for note in heads:
        if cosigned_at_s(note.text, signature, witness) is not None:
            head = Checkpoint.from_text(note.text)
            lines = ((signature.name, signature.line),)
            desk.write(
                CheckpointSigned(
                    origin=head.origin, size=head.size, root=head.root, lines=lines, utc_ns=utc_ns(desk.now())
                )
            )  # fmt: skip
            return head.size
    raise AgainstRulesError(f"{signature.name} cosigned none of this log's heads: send it a new request")


def check_log(books: Any) -> Checked:  # noqa: ANN401
    """Hold all events against the tree and every signed head, and the books' rows against their seals.

    `LogAlteredError` names the first that is not what it was. It takes time that grows with the log.
    """
    with one_moment(books):
        heads = checkpoints(books)
        tree = MerkleTree()
        waiting = list(heads)
        while leaves := leaves_from(books, tree.size):
            for leaf in leaves:
                tree.append(_sound(leaf))
                while waiting and tree.size == waiting[0]["size"]:
                    if tree.root() != waiting[0]["root"]:
                        raise LogAlteredError(_altered(tree.size))
                    waiting.pop(0)
        if waiting:
            raise LogAlteredError(_altered(int(waiting[0]["size"])))
        if any(nodes_of_level(books, level) != tree.level(level) for level in range(tree.size.bit_length())):
            raise LogAlteredError("the log's tree is not that of its events: the file was changed")
        return Checked(tree.size, len(heads), _check_seals(books))


def reaches(books: Any, head: Checkpoint) -> bool:  # noqa: ANN401
    """Whether the log holds all that `head` stands for."""
    tree = BooksTree(books)
    return tree.size >= head.size and tree.root(head.size) == head.root


def _check_seals(books: Any) -> int:  # noqa: ANN401
    count = position = 0
    while seals := seals_from(books, position):
        position = seals[-1]["position"]
        for source in {seal["source"] for seal in seals}:
            of_it = {seal["entry"]: seal for seal in seals if seal["source"] == source and seal["salt"] is not None}
            if of_it:
                found = {row["entry"]: row for row in audited_rows(books, source, min(of_it), max(of_it))}
                count += sum(_as_sealed(seal, found.get(entry)) for entry, seal in of_it.items())
    return count


def _as_sealed(seal: dict[str, Any], row: dict[str, Any] | None) -> bool:
    if row is None or act(seal["source"], seal["entry"], row, bytes(seal["salt"])) != bytes(seal["canonical"]):
        what = "is gone" if row is None else "is not what was sealed"
        raise LogAlteredError(
            f"row {seal['entry']} of {seal['source']} {what}: the file was changed. Keep it, and put a backup in its "
            "place"
        )
    return True


def _hash_again(books: Any, index: int) -> None:  # noqa: ANN401
    while leaves := leaves_from(books, index):
        for leaf in leaves:
            _sound(leaf)
        index += len(leaves)


def _sound(leaf: dict[str, Any]) -> bytes:
    own = leaf_hash(bytes(leaf["canonical"]))
    if own != leaf["hash"]:
        raise LogAlteredError(
            f"event {leaf['position']} is not the one that was put into the log: the file was changed. Keep it, and "
            "put a backup in its place"
        )
    return own


def _altered(size: int) -> str:
    return (
        f"the first {size} events are not those that were signed: the file was changed, or is an older copy. Sign "
        "nothing with it; keep it, and put a backup in its place"
    )


def _signed(books: Any, head: dict[str, Any]) -> Note:  # noqa: ANN401
    lines = dict.fromkeys(signature_lines(books, int(head["size"])))
    return _note(Checkpoint(str(head["origin"]), int(head["size"]), bytes(head["root"])), lines)


def not_vouched(head: Note, trust: Trust) -> str | None:
    """Why `trust` does not do for `head`; None: it is vouched for as it wants."""
    try:
        verify_checkpoint(head, trust)
    except BadProofError as error:
        return str(error)
    return None


def _note(head: Checkpoint, lines: dict[str, None]) -> Note:
    return Note(head.text, tuple(Signature.from_line(line.removesuffix("\n")) for line in lines))
