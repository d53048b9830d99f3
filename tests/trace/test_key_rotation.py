"""Keys change hands, wear out and get stolen: docs/evidence.md, tried step by step."""

from datetime import UTC, datetime, timedelta

import pytest

from grader.trace.errors import BadProofError, WitnessRefusalError
from grader.trace.evidence import Checkpoint, EventLog, SecretKey, Trust, answer, verify
from grader.trace.evidence.cosignature import cosign
from grader.trace.evidence.trust import LogKey, Standing, Witness
from tests.trace.world import COSIGNED_S, ORIGIN, World, log_key, trusting, witness_key

OLD, NEW = log_key(1), log_key(2)
COSIGNED = datetime.fromtimestamp(COSIGNED_S, UTC)


def trust_in(*keys: LogKey, witnesses: tuple[Witness, ...] = (), needed: int = 0) -> Trust:
    return trusting(keys, witnesses, needed)


def logged(count: int) -> EventLog:
    log = EventLog(ORIGIN)
    for number in range(count):
        log.append({"n": number})
    return log


def test_while_keys_change_both_sign_and_holders_of_either_trust_file_can_check() -> None:
    log = logged(5)
    proof = log.prove(2, log.checkpoint([OLD, NEW]))
    before, after = trust_in(LogKey(key=OLD.public)), trust_in(LogKey(key=NEW.public))
    assert verify(proof, before).operator.key == OLD.public
    assert verify(proof, after).operator.key == NEW.public


def test_what_a_retired_key_signed_in_its_time_stays_good_and_nothing_later_does() -> None:
    log = logged(5)
    of_its_time = log.prove(2, log.checkpoint([OLD]))
    trust = trust_in(LogKey(key=OLD.public, standing=Standing.RETIRED, until_size=5), LogKey(key=NEW.public))
    assert verify(of_its_time, trust).operator.key == OLD.public
    log.append({"n": 5})
    with pytest.raises(BadProofError, match="retired at 5 leaves, this tree has 6"):
        verify(log.prove(2, log.checkpoint([OLD])), trust)
    assert verify(log.prove(2, log.checkpoint([OLD, NEW])), trust).operator.key == NEW.public


def test_after_a_theft_nothing_of_the_stolen_key_counts_and_every_old_event_is_proved_anew() -> None:
    log = logged(5)
    before = log.prove(2, log.checkpoint([OLD]))
    trust = trust_in(LogKey(key=OLD.public, standing=Standing.REVOKED), LogKey(key=NEW.public))
    with pytest.raises(BadProofError, match="is revoked"):
        verify(before, trust)
    # The events did not change, so the same tree under the new key proves what was proved before.
    anew = log.prove(2, log.checkpoint([NEW]))
    assert verify(anew, trust).event == {"n": 2}
    assert anew.event == before.event


def test_a_thief_cannot_rewrite_what_a_witness_saw(world: World) -> None:
    last = Checkpoint(ORIGIN, 7, world.log.tree.root())
    trust = trust_in(
        LogKey(key=OLD.public, standing=Standing.REVOKED), LogKey(key=NEW.public), witnesses=world.trust.witnesses
    )
    # The honest log goes on under its new key: the witness watches the log, not the key.
    head = world.log.checkpoint([NEW])
    assert answer(world.log.request(head, 7), trust, last, world.county, COSIGNED_S).is_of(world.county.public)
    # The thief's history is signed by a key that counts no more.
    forged = logged(9)
    with pytest.raises(WitnessRefusalError, match="is revoked"):
        answer(forged.request(forged.checkpoint([OLD]), 7), trust, last, world.county, COSIGNED_S)
    # And would not have been cosigned before the theft was noticed either.
    unaware = trust_in(LogKey(key=OLD.public), witnesses=world.trust.witnesses)
    with pytest.raises(WitnessRefusalError, match="may have been rewritten"):
        answer(forged.request(forged.checkpoint([OLD]), 7), unaware, last, world.county, COSIGNED_S)


def test_a_lost_key_can_be_replaced_without_ever_signing_again() -> None:
    log = logged(5)
    last_words = log.prove(1, log.checkpoint([OLD]))
    log.append({"n": 5})
    trust = trust_in(LogKey(key=OLD.public, standing=Standing.RETIRED, until_size=5), LogKey(key=NEW.public))
    assert verify(last_words, trust).operator.key == OLD.public
    assert verify(log.prove(1, log.checkpoint([NEW])), trust).operator.key == NEW.public


def witnessed(key: SecretKey, *witnesses: Witness) -> Trust:
    assert key.public.kind.name == "WITNESS"
    return trust_in(LogKey(key=OLD.public), witnesses=witnesses, needed=1)


def test_a_retired_witness_counts_for_its_time_and_one_whose_key_was_stolen_not_at_all() -> None:
    log, county = logged(3), witness_key("county")
    head = log.checkpoint([OLD])
    proof = log.prove(0, head.signed_also(cosign(head.text, county, COSIGNED_S)))
    retired = Witness(holder="county", key=county.public, standing=Standing.RETIRED, until=COSIGNED)
    assert len(verify(proof, witnessed(county, retired)).witnesses) == 1
    earlier = retired.model_copy(update={"until": COSIGNED - timedelta(seconds=1)})
    revoked = Witness(holder="county", key=county.public, standing=Standing.REVOKED)
    another = Witness(holder="laboratory", key=witness_key("laboratory", 9).public)
    for worthless in (earlier, revoked):
        with pytest.raises(BadProofError, match="0 trusted witnesses cosigned, 1 are needed"):
            verify(proof, witnessed(county, worthless, another))


def test_a_witness_with_a_new_and_an_old_key_is_one_witness() -> None:
    log, old, new = logged(3), witness_key("county", 98), witness_key("county", 97)
    head = log.checkpoint([OLD])
    both = head.signed_also(cosign(head.text, old, COSIGNED_S), cosign(head.text, new, COSIGNED_S))
    witnesses = (
        Witness(holder="county", key=old.public, standing=Standing.RETIRED, until=COSIGNED),
        Witness(holder="county", key=new.public),
        Witness(holder="laboratory", key=witness_key("laboratory", 99).public),
    )
    with pytest.raises(BadProofError, match="1 trusted witnesses cosigned, 2 are needed"):
        verify(log.prove(0, both), trust_in(LogKey(key=OLD.public), witnesses=witnesses, needed=2))
