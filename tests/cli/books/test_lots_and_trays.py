"""`grader trace lot|tray|back|...`: what people at a station type, and what each refusal says."""

import sqlite3
from pathlib import Path

import pytest

from benchmarks.zpl_bench import BenchPrinter
from grader.cli.main import EXIT_USAGE
from tests.cli.books.station import Station, ago
from tests.hardware.conformance.test_talkers import BenchScale
from tests.store.small_line import SmallLine

IRON = """
[hardware]
kind = "iron"
camera = {{ kind = "folder", path = "pictures", size_px = [1456, 1088] }}
scale = {{ port = "{port}" }}
[hardware.gpio]
encoder_a = 4
encoder_b = 5
valves.super = [6]
exits.super = [11]
e_stop_released = 16
belt = 20
watchdog = 22
buzzer = 27
"""


def test_a_tray_is_labelled_and_traced_back_and_its_lot_forward(begun: Station) -> None:
    labelled = begun.asked("tray", "label", "1", "--who", "Li")
    assert (labelled["count"], labelled["grade"], labelled["fruit_by_lot"]) == (30, "Super", {"A": 30})
    assert labelled["batch"].startswith("GV7-")
    for name in ("1", labelled["serial"], f"{labelled['batch']}/{labelled['serial']}"):
        back = begun.asked("back", name)
        assert back["tray"]["serial"] == labelled["serial"]
        assert [share["grower"]["name"] for share in back["lots"]] == ["王芳"]
        assert len(back["fruit"]) == 30
    forward = begun.asked("forward", "A")
    assert [(tray["tray"], tray["fruit"], tray["state"]) for tray in forward["trays"]] == [(1, 30, "labelled")]
    words = begun("back", "1")
    assert "30 fruit of lot A: 王芳 (G1), plot 7, Hongyan" in words
    assert "residues: Lab 1, sampled" in words
    assert "GV7-" in begun("forward", "A")
    begun("sample", labelled["batch"], "S-9", "--place", "fridge 2", "--accountable", "Zhao", "--who", "Li")
    assert "sample S-9: fridge 2, Zhao answers" in begun("back", "1")


def test_the_books_say_which_lot_is_fed_now(begun: Station, type_in: Station) -> None:
    assert begun("lot", "now").startswith("Lot A, pass 1, since 20")
    assert begun.asked("lot", "now")["lot"] == "A"
    begun("lot", "feed", "A", "--pass", "2", "--mixed", "--who", "Li")
    assert "Lot A, pass 2, into mixed trays" in type_in("lot", "now")


def test_tray_show_says_what_is_in_it_and_what_keeps_it_from_a_label(begun: Station) -> None:
    shown = begun.asked("tray", "show", "1")
    assert (shown["fruit_by_lot"], shown["obstacles"], shown["estimated_kg"]) == ({"A": 30}, [], pytest.approx(0.6))
    assert shown["off_size"] == {"fruit": 30, "expected": pytest.approx(0, abs=1e-6), "limit": 0}
    begun("tray", "hold", "1", "--why", "wet", "--who", "a visitor")
    words = begun("tray", "show", "1")
    assert "Tray 1 (super): closed, 30 fruit, estimated 0.60 kg" in words
    assert "Expected to miss the class's size: 0.0 %" in words
    assert "No label: the tray is on hold: wet" in words
    assert "taken away at the line" in words


def test_a_held_lot_says_why_is_found_with_its_trays_and_released_by_a_manager(begun: Station) -> None:
    begun("lot", "hold", "A", "--why", "smells", "--who", "a visitor")
    assert "tray 1 is held and gets no label: lot A is on hold: smells" in begun(
        "tray", "label", "1", "--who", "Li", exit_code=EXIT_USAGE
    )
    (held,) = begun.asked("held")["held"]
    assert (held["tray"], held["lot"], held["grower"], held["reason"]) == (1, "A", "G1", "smells")
    assert "smells" in begun("held")
    assert "no manager" in begun("lot", "release", "A", "--why", "fine", "--who", "Li", exit_code=EXIT_USAGE)
    assert begun("lot", "release", "A", "--why", "fine", "--who", "Zhao") == "The hold of lot A is released.\n"
    assert begun.asked("held") == {"held": []}
    assert "has the holds []" in begun("lot", "release", "A", "--why", "f", "--who", "Zhao", exit_code=EXIT_USAGE)


def test_a_lot_that_the_rules_hold_says_so_at_the_door(begun: Station) -> None:
    said = begun.receive("B")
    assert said.startswith("Lot B is received, and held:\n  there is no record of its pre-cooling")
    assert "It cannot be sold yet" in begun("lot", "feed", "B", "--who", "Li")
    found = begun.asked("lot", "list")["lots"]
    assert [(lot["code"], [hold["code"] for hold in lot["holds"]]) for lot in found] == [
        ("A", []), ("B", ["precooling_unrecorded"]),
    ]  # fmt: skip
    begun.report("--failed", "2", days=0)
    assert begun("lot", "list").splitlines()[1].endswith("0.612  1")
    release = ("release", "1", "--why", "core at 5", "--who", "Zhao")
    assert begun(*release) == "Hold 1 is released.\n"


def test_lot_show_says_what_is_known_and_judges_its_sizes(begun: Station) -> None:
    begun("lot", "correct", "A", "--kg", "0.650", "--who", "Li", "--why", "typing error")
    begun("lot", "hold", "A", "--why", "smells", "--who", "a visitor")
    found = begun.asked("lot", "show", "A")
    assert (found["variety"], found["received_g"], len(found["versions"])) == ("Hongyan", 650, 2)
    assert [(row["grade"], row["within"]) for row in found["off_size"]] == [("Super", True)]
    words = begun("lot", "show", "A")
    assert "by Li: typing error" in words
    assert "HELD (hold 1): smells" in words
    assert "Super  30     0.0 %" in words


def test_a_review_finds_nothing_new_where_nothing_changed(begun: Station) -> None:
    assert begun("lot", "review") == "Newly held: none.\n"


def test_a_recall_names_the_trays(begun: Station) -> None:
    assert begun.asked("lot", "recall", "A", "--why", "listeria", "--who", "Zhao") == {"lot": "A", "trays": [1]}
    assert "recall stands" in begun("release", "1", "--why", "sorry", "--who", "Zhao", exit_code=EXIT_USAGE)


def test_what_is_done_to_trays_is_in_their_history(begun: Station, line: SmallLine) -> None:
    by = ("--who", "Li", "--why", "one was soft")
    begun("tray", "reopen", "1", *by)
    begun("tray", "recount", "1", "29", *by)
    begun("tray", "close", "1", *by)
    line.send("super", 4)
    line.swap("super")
    begun("follow")
    assert "holds another number of fruit" in begun("tray", "merge", "5", "1", *by, exit_code=EXIT_USAGE)
    begun("tray", "correct", "1", "--best-before", "2030-01-01", *by)
    labelled = begun.asked("tray", "label", "1", "--who", "Li")
    assert (labelled["count"], labelled["best_before"]) == (29, "2030-01-01")
    assert begun("tray", "reprint", "1", *by) == "Tray 1: reprint 1.\n"
    assert "cannot be opened again" in begun("tray", "reopen", "1", *by, exit_code=EXIT_USAGE)
    begun("tray", "void", "1", *by)
    steps = [step["what"] for step in begun.asked("tray", "show", "1")["history"]]
    assert steps == [
        "closed", "taken_away", "reopened", "recounted", "closed", "corrected", "labelled", "reprinted", "voided",
    ]  # fmt: skip
    assert [tray["tray"] for tray in begun.asked("tray", "list")["trays"]] == [2, 3, 4, 6]


def test_a_balance_that_does_not_hold_exits_with_1(begun: Station) -> None:
    assert begun.asked("balance", "A")["balanced"] is True
    begun("lot", "correct", "A", "--kg", "6.12", "--who", "Li", "--why", "point forgotten")
    found = begun.asked("balance", "A", exit_code=1)
    assert found["difference_kg"] == pytest.approx(6.12 * 0.995 - 0.6)
    assert "IT DOES NOT BALANCE" in begun("balance", "A", exit_code=1)


def test_a_weighed_tray_corrects_balance_and_settlement_which_say_so(begun: Station) -> None:
    assert "no tray of the lot was weighed" in begun("balance", "A")
    said = begun("tray", "weigh", "1", "--net-g", "640", "--who", "Li")
    assert "Tray 1 weighs 640 g net." in said
    assert "Lot A: estimated weights are multiplied by 1.0" in said
    assert "1 weighed trays, 0.640 kg" in begun("balance", "A")
    assert "by 1 weighed trays" in begun("settle", "G1", "--from", ago(days=1), "--until", ago(days=-1))


def test_a_forgotten_tare_is_said(begun: Station) -> None:
    assert "whether the tare" in begun("tray", "weigh", "1", "--net-g", "990", "--who", "Li")


def test_a_tray_is_weighed_by_the_scale_that_the_settings_name(begun: Station, station: Path) -> None:
    assert "no scale is named" in begun("tray", "weigh", "1", "--tare-g", "350", "--who", "Li", exit_code=EXIT_USAGE)
    scale = BenchScale()
    scale.scale.close()  # the command opens it
    scale.put(950.0)
    station.write_text(station.read_text() + IRON.format(port=scale.path), encoding="utf-8")
    assert "Tray 1 weighs 600 g net." in begun("tray", "weigh", "1", "--tare-g", "350", "--who", "Li")
    scale.close()


def test_a_settlement_is_by_grade(begun: Station) -> None:
    begun("lot", "hand-graded", "A", "--outlet", "processing", "--kg", "0.100", "--who", "Li", "--why", "crate")
    found = begun.asked("settle", "G1", "--from", ago(days=1), "--until", ago(days=-1))
    assert [(row["grade"], row["fruit"]) for row in found["delivered"]] == [("Super", 30)]
    assert found["hand_graded"] == [{"outlet": "processing", "kg": 0.1}]
    assert "1 lots, 0.612 kg received" in begun("settle", "G1", "--from", ago(days=1), "--until", ago(days=-1))


def test_a_treatment_whose_interval_had_not_ended_holds(begun: Station) -> None:
    words = ("--plot", "7", "--product", "P", "--amount", "1 l", "--applied", ago(days=1), "--who", "Li")
    without = begun("grower", "treat", "G1", "--kind", "pesticide", *words, exit_code=EXIT_USAGE)
    assert "has a safety interval" in without
    begun("grower", "treat", "G1", "--kind", "pesticide", "--safety-days", "3", *words)
    begun("grower", "treat", "G1", "--kind", "fertiliser", *words)
    assert [row["code"] for row in begun.asked("held")["held"]] == ["safety_interval"]
    assert "fertiliser: P" in begun("back", "1")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("tray", "label", "77", "--who", "Li"), "no tray 77"),
        (("tray", "label", "2", "--who", "Li"), "only a closed tray"),
        (("back", "77"), "no tray 77"),
        (("back", "1-AAAA"), "no tray 1-AAAA"),
        (("forward", "Z"), "no lot Z"),
        (("balance", "Z"), "no lot Z"),
        (("lot", "feed", "Z", "--who", "Li"), "no lot Z"),
        (("lot", "hold", "A", "--who", "", "--why", "x"), "is nobody"),
        (("grower", "add", "G1", "again", "--who", "Li"), "already"),
        (("settle", "G1", "--from", "yesterday", "--until", "2026-01-01"), "write it like"),
        (("tray", "correct", "1", "--best-before", "soon", "--who", "Li", "--why", "x"), "write it like"),
        (("lot", "hand-graded", "A", "--outlet", "I", "--kg", "much", "--who", "Li", "--why", "x"), "no number"),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_and_exits_with_2(begun: Station, words: tuple[str, ...], why: str) -> None:
    assert why in begun(*words, exit_code=EXIT_USAGE)


def test_before_anything_was_entered_there_are_no_books(type_in: Station) -> None:
    assert "there are no books" in type_in("held", exit_code=EXIT_USAGE)
    type_in("grower", "add", "G1", "Wang", "--who", "Li")
    type_in.receive("A")
    assert "no run has begun" in type_in("lot", "feed", "A", "--who", "Li", exit_code=EXIT_USAGE)


def test_a_label_is_printed_when_it_is_given_and_reprinted_on_request(begun: Station, station: Path) -> None:
    with BenchPrinter() as bench:
        printer = f'[printer]\nkind = "zpl"\nhost = "127.0.0.1"\nport = {bench.port}\n'
        station.write_text(f'{station.read_text()}packer = "合作社"\npacker_address = "Hefei"\n{printer}', "utf-8")
        said = begun.asked("tray", "label", "1", "--who", "Li")
        assert said["printed"] is True
        assert "was printed: a second one is a reprint" in begun(
            "tray", "print", "1", "--who", "Li", exit_code=EXIT_USAGE
        )
        assert "printed on" in begun("tray", "reprint", "1", "--why", "torn", "--who", "Li")
        bench.out_of_labels = True
        assert "load a roll" in begun("tray", "reprint", "1", "--why", "torn", "--who", "Li", exit_code=1)
        begun("tray", "print", "1", "--who", "Li", exit_code=1)
        bench.out_of_labels = False
        assert "printed on" in begun("tray", "print", "1", "--who", "Li")
        in_doubt = ("tray", "printed", "1", "--no", "--why", "looked", "--who", "Li")
        assert "no print is in doubt" in begun(*in_doubt, exit_code=EXIT_USAGE)
    assert len(bench.printed) == 3
    assert "print 1: printed" in begun("tray", "show", "1")


def test_a_label_that_cannot_be_printed_keeps_its_names(begun: Station, station: Path) -> None:
    assert "names no printer" in begun("tray", "print", "1", "--who", "Li", exit_code=EXIT_USAGE)
    station.write_text(station.read_text() + '[printer]\nkind = "zpl"\nhost = "127.0.0.1"\nport = 1\n', "utf-8")
    said = begun("tray", "label", "1", "--who", "Li", exit_code=1)
    assert "label needs a word for packer" in said
    assert begun.asked("tray", "show", "1")["state"] == "labelled"


def test_temperatures_and_samples_are_put_on_record(begun: Station, station: Path) -> None:
    file = station.with_name("fridge.csv")
    file.write_text(f"{ago(hours=2)},5.0\n{ago(hours=1)},7.5\n")
    said = begun("temperatures", str(file), "--device", "T-7", "--lot", "A", "--who", "Li", exit_code=1)
    assert "2 readings from 5.0 to 7.5 °C are on record." in said
    assert "ALARM: 7.5 °C at" in said
    found = begun.asked("temperatures", str(file), "--device", "T-7", "--lot", "A", "--who", "Li", "--transport")
    assert found["alarms"] == 0
    assert "say of which lot" in begun("temperatures", str(file), "--device", "T", "--who", "Li", exit_code=EXIT_USAGE)
    assert begun("lab-sample", "A", "R-1", "--who", "Li") == "Sample R-1 of lot A is on its way.\n"


def test_a_commitment_certificate_is_on_record_and_of_no_held_lot(begun: Station, station: Path) -> None:
    output = station.with_name("certificate.pdf")
    words = ("certificate", "A", "--kg", "0.5", "--scale", "S-7", "--basis", "control", "--basis", "laboratory")
    asked = (*words, "-o", str(output), "--who", "Li")
    assert "a certificate without committed_by is none" in begun(*asked, exit_code=EXIT_USAGE)
    station.write_text(station.read_text() + 'packer = "合作社"\npacker_contact = "0551-1"\n', "utf-8")
    assert "Hold its wording against" in begun(*asked)
    assert output.read_bytes().startswith(b"%PDF")
    connection = sqlite3.connect(station.with_name("station.db"))
    rows = connection.execute("SELECT weight_g, scale, basis FROM certificate").fetchall()
    connection.close()
    assert rows == [(500, "S-7", '["commissioned", "control"]')]
    too_much = tuple("0.7" if word == "0.5" else word for word in asked)
    assert "more than came in of lot A: 0.612 kg" in begun(*too_much, exit_code=EXIT_USAGE)
    begun("lot", "hold", "A", "--why", "smells", "--who", "a visitor")
    assert "is held and gets no certificate: smells" in begun(*asked, exit_code=EXIT_USAGE)
    assert "ends in none of" in begun(*words, "-o", "x.doc", "--who", "Li", exit_code=EXIT_USAGE)
