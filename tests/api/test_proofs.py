"""A tray's proof over HTTP is the one that `grader trace verify` holds good."""

from grader.trace.desk import Desk, labelling
from grader.trace.desk.logbook import sign
from grader.trace.evidence import Bundle, verify
from grader.trace.evidence.trust import LogKey
from tests.api.station_api import StationApi
from tests.trace.counter import PACK
from tests.trace.world import log_key, trusting

KEY = log_key()
PROOF = "/api/v1/trays/1/proof"


def test_a_labelled_tray_is_proved_under_the_newest_head(api: StationApi, desk: Desk) -> None:
    found = labelling.label(desk, 1, PACK, "Li", mixed=True)
    sign(desk, [KEY])
    answer = api.ask(PROOF)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    verdict = verify(Bundle.parse(answer.body), trusting((LogKey(key=KEY.public),), (), 0))
    assert found.serial in str(verdict.event["outputEPCList"])


def test_what_cannot_be_proved_yet_says_why(api: StationApi, desk: Desk) -> None:
    assert api.ask("/api/v1/trays/999/proof").status == 404
    unlabelled = api.ask(PROOF)
    assert (unlabelled.status, "label it first" in unlabelled.json["detail"]) == (409, True)
    sign(desk, [KEY])
    labelling.label(desk, 1, PACK, "Li", mixed=True)
    unsigned = api.ask(PROOF)
    assert (unsigned.status, "log sign" in unsigned.json["detail"]) == (409, True)


def test_nobody_proves_without_a_key(api: StationApi) -> None:
    assert api.ask(PROOF, None).status == 401
