"""Numbers and codes: made by the rules, written in every form, read back, and refused where they are wrong."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.errors import DemoNumberError, IdentityError
from grader.trace.identity import DEMO_PREFIX, GRADES, Gtin, Origin, TraceBatch, TrayIdentity, make_serial, read_scan
from grader.trace.identity.characters import CSET_82, OURS

DEMO = Gtin.of_company(DEMO_PREFIX, 1)
TEXTS = st.text(sorted(CSET_82), min_size=1, max_size=20)
QR_ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def tray(variant: str | None = None) -> TrayIdentity:
    batch = TraceBatch("GV1", date(2026, 11, 25), 2, GRADES["super"], 14)
    return TrayIdentity(DEMO, batch.text, make_serial(1042, b"\x01\x02\x03\x04\x05"), variant)


def test_a_tray_is_written_in_each_of_the_ways_that_gs1_knows() -> None:
    assert tray().in_brackets == "(01)09521234000013(10)GV1-261125-2S-014(21)1042-AEBAGBAF"
    assert tray().element_string == "010952123400001310GV1-261125-2S-014\x1d211042-AEBAGBAF"
    assert (
        tray().digital_link("trace.example.org")
        == "HTTPS://TRACE.EXAMPLE.ORG/01/09521234000013/10/GV1-261125-2S-014/21/1042-AEBAGBAF"
    )


def test_a_variant_stands_between_number_and_batch() -> None:
    assert [ai for ai, _ in tray("2A").pairs] == ["01", "22", "10", "21"]
    assert "/01/09521234000013/22/2A/10/" in tray("2A").digital_link("trace.example.org")


def test_all_of_our_own_address_fits_the_smaller_mode_of_a_qr_code() -> None:
    assert set(tray().digital_link("trace.example.org")) <= QR_ALPHANUMERIC
    assert set(tray().trace_link("trace.example.org")) <= QR_ALPHANUMERIC


@given(TEXTS, TEXTS, st.none() | TEXTS)
def test_whatever_gs1_allows_in_a_value_is_read_back_from_every_form(
    batch: str, serial: str, variant: str | None
) -> None:
    named = TrayIdentity(DEMO, batch, serial, variant)
    assert read_scan(named.digital_link("trace.example.org")) == named
    assert read_scan(named.element_string) == named
    assert read_scan("]Q3" + named.element_string) == named


@given(st.text(sorted(OURS), min_size=1, max_size=20), st.text(sorted(OURS), min_size=1, max_size=20))
def test_a_trace_code_is_read_back_alone_and_from_an_address(batch: str, serial: str) -> None:
    alone = TrayIdentity(None, batch, serial)
    assert read_scan(alone.trace_code) == alone
    assert read_scan(alone.trace_link("trace.example.org")) == alone


def test_a_trace_code_is_short_enough_to_be_read_out() -> None:
    alone = TrayIdentity(None, tray().batch, tray().serial)
    assert alone.trace_code == "GV1-261125-2S-014/1042-AEBAGBAF"
    assert read_scan(alone.trace_code) == alone


@pytest.mark.parametrize("digit", range(1, 10))
@pytest.mark.parametrize("place", range(14))
def test_one_wrong_digit_of_an_article_number_is_seen_in_every_form(place: int, digit: int) -> None:
    number = DEMO.text
    wrong = number[:place] + str((int(number[place]) + digit) % 10) + number[place + 1 :]
    for text in (tray().digital_link("trace.example.org"), tray().element_string):
        with pytest.raises(IdentityError, match="check digit"):
            read_scan(text.replace(number, wrong))
    with pytest.raises(IdentityError, match="no GTIN"):
        Gtin.from_text(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "HTTPS://TRACE.EXAMPLE.ORG/", "HTTPS://TRACE.EXAMPLE.ORG/01/09521234000013",
        "HTTPS://TRACE.EXAMPLE.ORG/01/09521234000013/10/A",  # a batch is no tray
        "HTTPS://TRACE.EXAMPLE.ORG/01/09521234000013/21/1/10/A",  # the order is part of the key
        "HTTPS://TRACE.EXAMPLE.ORG/01/09521234000013/10/A/21/" + "1" * 21,
        "HTTPS://TRACE.EXAMPLE.ORG/01/09521234000013/10/%C3%A9/21/1",
        "ftp://trace.example.org/01/09521234000013/10/A/21/1", "https://[/01/09521234000013/10/A/21/1",
        "010952123400001310A", "00106141412345678908", "A/B/C", "A/", "x" * 3000, "草莓/1",
        "HTTPS://TRACE.EXAMPLE.ORG/T/A%20B/1", "https://trace.example.org/t/A/1",
    ],
)  # fmt: skip
def test_what_names_no_tray_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        read_scan(text)


@given(st.text(max_size=60) | st.text(sorted(CSET_82 | {"\x1d", "/"}), max_size=60))
def test_no_scan_whatever_breaks_the_reader(text: str) -> None:
    for scanned in (text, f"HTTPS://TRACE.EXAMPLE.ORG/{text}", f"01{DEMO.text}10{text}"):
        try:
            found = read_scan(scanned)
        except IdentityError:
            continue
        assert set(found.batch + found.serial) <= CSET_82


@given(st.integers(4, 11), st.data())
def test_every_number_of_a_company_has_its_check_digit_and_is_read_back(digits: int, data: st.DataObject) -> None:
    prefix = data.draw(st.text("123456789", min_size=digits, max_size=digits))
    gtin = Gtin.of_company(prefix, data.draw(st.integers(0, 10 ** (12 - digits) - 1)))
    # GS1 General Specifications, 7.9.1: weights 3 and 1 from the right, the sum is a multiple of ten.
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(gtin.text)))
    assert weighed % 10 == 0
    assert gtin.text.startswith(f"0{prefix}")
    assert Gtin.from_text(gtin.text[1:]) == gtin


@pytest.mark.parametrize(
    ("prefix", "item"), [("123", 1), ("123456789012", 0), ("12a4", 1), ("٠١٢٣", 1), ("95212345", 10_000)]
)
def test_a_prefix_that_is_none_or_leaves_no_room_is_refused(prefix: str, item: int) -> None:
    with pytest.raises(IdentityError):
        Gtin.of_company(prefix, item)


def test_made_up_numbers_stay_in_demo_mode_and_real_ones_out_of_it() -> None:
    real = Gtin.of_company("6901234", 1)
    assert (DEMO.origin, real.origin) == (Origin.DEMO, Origin.ALLOTTED)
    DEMO.check_mode(demo=True)
    real.check_mode(demo=False)
    with pytest.raises(DemoNumberError, match="ask GS1 for a company prefix"):
        DEMO.check_mode(demo=False)
    with pytest.raises(DemoNumberError, match="begin with 952"):
        real.check_mode(demo=True)


@pytest.mark.parametrize("text", ["2000000000008", "0200000000004", "0400000000008"])
def test_a_number_for_use_within_one_shop_does_not_leave_the_house(text: str) -> None:
    gtin = Gtin.from_text(text)
    assert gtin.origin is Origin.RESTRICTED
    for demo in (False, True):
        with pytest.raises(DemoNumberError, match="restricted"):
            gtin.check_mode(demo=demo)


@given(
    st.text(sorted(OURS - {"-"}), min_size=1, max_size=4), st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 9), st.sampled_from("SP12"), st.integers(1, 999),
)  # fmt: skip
def test_every_batch_fits_and_no_two_look_alike(
    station: str, packed_on: date, shift: int, grade: str, composition: int
) -> None:
    batch = TraceBatch(station, packed_on, shift, grade, composition)
    assert len(batch.text) <= 20
    assert set(batch.text) <= OURS
    again = re.fullmatch(r"(\w{1,4})-(\d{6})-(\d)(\w)-(\d{3})", batch.text)
    assert again is not None
    assert again.groups() == (station, f"{packed_on:%y%m%d}", str(shift), grade, f"{composition:03}")


@pytest.mark.parametrize(
    ("station", "shift", "grade", "composition"),
    [("", 1, "S", 1), ("TOOLONG", 1, "S", 1), ("a", 1, "S", 1), ("A", 0, "S", 1), ("A", 10, "S", 1), ("A", 1, "SS", 1),
     ("A", 1, "S", 0), ("A", 1, "S", 1000), ("A-B", 1, "S", 1)],
)  # fmt: skip
def test_a_batch_that_could_be_mistaken_for_another_is_refused(
    station: str, shift: int, grade: str, composition: int
) -> None:
    with pytest.raises(IdentityError):
        TraceBatch(station, date(2026, 11, 25), shift, grade, composition)


@given(st.integers(0, 10**11 - 1), st.binary(min_size=5, max_size=5))
def test_every_serial_fits(number: int, chance: bytes) -> None:
    serial = make_serial(number, chance)
    assert serial.startswith(f"{number}-")
    assert len(serial) <= 20
    assert set(serial) <= OURS


@pytest.mark.parametrize(("number", "chance"), [(-1, bytes(5)), (10**11, bytes(5)), (1, bytes(4))])
def test_a_serial_that_would_not_fit_or_could_be_guessed_is_refused(number: int, chance: bytes) -> None:
    with pytest.raises(IdentityError):
        make_serial(number, chance)


@pytest.mark.parametrize(
    "domain",
    ["", "localhost", "https://a.example", "a.example/b", "a.example:8080", "草莓.example", "a b.example", "u@a.b"],
)
def test_what_is_no_host_name_is_refused(domain: str) -> None:
    with pytest.raises(IdentityError, match="host name"):
        tray().digital_link(domain)


def test_without_a_number_there_is_no_gs1_form() -> None:
    alone = TrayIdentity(None, "B", "1")
    with pytest.raises(IdentityError, match="use the trace code"):
        alone.digital_link("a.example")
    with pytest.raises(IdentityError, match="use the trace code"):
        _ = alone.element_string
    with pytest.raises(IdentityError, match="needs a GTIN"):
        TrayIdentity(None, "B", "1", "2A")


def test_our_limits_are_those_of_the_syntax_dictionary(shared_data: Path) -> None:
    dictionary = (shared_data / "vectors" / "gs1" / "gs1-syntax-dictionary.txt").read_text()
    for ai in ("10", "21", "22"):
        assert re.search(rf"^{ai} .*\bX\.\.20\b", dictionary, flags=re.MULTILINE)
    assert re.search(r"^01 .*\bN14,csum,.*dlpkey=22,10,21\|", dictionary, flags=re.MULTILINE)
