"""A witness cosigns what grew, and refuses what was rewritten."""

import pytest

from grader.trace.errors import UnreadableError, WitnessRefusalError
from grader.trace.evidence import Checkpoint, EventLog, Request, answer
from grader.trace.evidence.cosignature import cosigned_at_s
from tests.trace.world import COSIGNED_S, ORIGIN, World, log_key


def seen(world: World) -> Checkpoint:
    return Checkpoint(ORIGIN, world.log.tree.size, world.log.tree.root())


def test_a_witness_cosigns_a_log_that_grew_since_it_saw_it_last(world: World) -> None:
    last = seen(world)
    for size in range(8, 30):
        world.log.append({"n": size})
        head = world.log.checkpoint([world.operator])
        request = Request.parse(world.log.request(head, last.size).written.encode())
        signature = answer(request, world.trust, last, world.county, COSIGNED_S)
        assert cosigned_at_s(head.text, signature, world.county.public) == COSIGNED_S
        last = seen(world)


def test_a_witness_cosigns_the_same_head_again(world: World) -> None:
    head = world.log.checkpoint([world.operator])
    signature = answer(world.log.request(head, 7), world.trust, seen(world), world.county, COSIGNED_S)
    assert signature.is_of(world.county.public)


def test_a_rewritten_history_gets_no_cosignature_and_an_explanation(world: World) -> None:
    last = seen(world)
    forged = EventLog(ORIGIN)
    for tray in range(9):
        forged.append({"type": "packed", "tray": tray, "net_weight_kg": "9.999"})
    head = forged.checkpoint([world.operator])
    with pytest.raises(WitnessRefusalError, match="may have been rewritten"):
        answer(forged.request(head, 7), world.trust, last, world.county, COSIGNED_S)


def test_a_log_that_became_shorter_gets_no_cosignature(world: World) -> None:
    last = seen(world)
    shorter = EventLog(ORIGIN)
    shorter.append({"type": "packed", "tray": 0, "net_weight_kg": "2.500"})
    request = Request(7, (), shorter.checkpoint([world.operator]))
    with pytest.raises(WitnessRefusalError, match="rewritten"):
        answer(request, world.trust, last, world.county, COSIGNED_S)


def test_a_request_from_another_starting_point_is_told_where_the_witness_stands(world: World) -> None:
    head = world.log.checkpoint([world.operator])
    with pytest.raises(WitnessRefusalError, match="saw 7 leaves last, not 3"):
        answer(world.log.request(head, 3), world.trust, seen(world), world.county, COSIGNED_S)
    with pytest.raises(WitnessRefusalError, match="saw 0 leaves last, not 3"):
        answer(world.log.request(head, 3), world.trust, None, world.county, COSIGNED_S)


def test_a_stranger_gets_no_cosignature(world: World) -> None:
    other = EventLog("elsewhere.example/log")
    other.append({})
    with pytest.raises(WitnessRefusalError, match="watches"):
        answer(other.request(other.checkpoint([log_key(5)]), 0), world.trust, None, world.county, COSIGNED_S)
    head = world.log.checkpoint([log_key(5)])
    with pytest.raises(WitnessRefusalError, match="does not vouch"):
        answer(world.log.request(head, 0), world.trust, None, world.county, COSIGNED_S)


def test_what_was_seen_of_another_log_says_nothing_of_this_one(world: World) -> None:
    other = Checkpoint("elsewhere.example/log", 7, world.log.tree.root())
    head = world.log.checkpoint([world.operator])
    with pytest.raises(WitnessRefusalError, match="elsewhere"):
        answer(world.log.request(head, 7), world.trust, other, world.county, COSIGNED_S)


def test_a_proof_from_nothing_is_no_proof(world: World) -> None:
    request = Request(0, (bytes(32),), world.log.checkpoint([world.operator]))
    with pytest.raises(WitnessRefusalError, match="does not show"):
        answer(request, world.trust, None, world.county, COSIGNED_S)


@pytest.mark.parametrize(
    ("old", "new"), [("old 3", "new 3"), ("old 3", "old 03"), ("old 3\n", "old 3\n!\n"), ("\n\n", "\n")]
)
def test_what_is_no_request_is_unreadable(world: World, old: str, new: str) -> None:
    written = world.log.request(world.log.checkpoint([world.operator]), 3).written
    with pytest.raises(UnreadableError):
        Request.parse(written.replace(old, new, 1).encode())
