"""Labels: read back by a decoder that is none of ours, however they were printed and held; honest in what they say."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from benchmarks.label_camera import Mishap, photographed, read, with_a_patch, with_a_stripe
from benchmarks.labels import HIDDEN, SMEAR_DOTS, a_label
from grader.trace.errors import DemoNumberError, LabelError, TemplateError
from grader.trace.identity import Gtin, TrayIdentity, read_scan
from grader.trace.labels import (
    Basis,
    Certificate,
    LabelFont,
    ScaleReading,
    TrayLabel,
    bundled_font,
    draw,
    load_template,
    parse_template,
    pdf_label,
    png_label,
    shipped_template,
    shipped_templates,
    zpl_label,
)
from grader.trace.labels.files import DOTS_PER_MM
from grader.trace.labels.template import FIELDS
from grader.trace.labels.words import DEMO, Kind, Words
from grader.trace.labels.zpl import zpl
from tests.trace.zpl_reader import picture_of

FONT = Path(__file__).parents[2] / "grader" / "trace" / "labels" / "fonts" / "label.ttf"
TEMPLATES = [name for name in shipped_templates() if shipped_template(name).kind == Kind.TRAY]
MINIMAL = """\
name = "own"
version = "1.0.0"
title = "Own"
width_mm = 60
height_mm = 40
[[code]]
x_mm = 30
y_mm = 0
width_mm = 30
height_mm = 30
[[text]]
x_mm = 0
y_mm = 0
width_mm = 30
height_mm = 3
smallest_mm = 1
text = "{trace_code}{demo}{reprint}"
optional = true
"""


def label(**changes: object) -> TrayLabel:
    return replace(a_label(np.random.default_rng(1)), **changes)  # type: ignore[arg-type]


def certificate(**changes: object) -> Certificate:
    made = Certificate(
        lot="L-0815",
        page="https://trace.example.org/lot/L-0815",
        product=Words("草莓", "Strawberries"),
        amount=ScaleReading(Decimal("312.5"), "S-7"),
        origin=Words("安徽省合肥市长丰县", "Changfeng, Anhui"),
        committed_by="绿谷草莓专业合作社",
        contact="0551-0000000",
        issued_on=date(2026, 11, 25),
        basis=frozenset({Basis.CONTROL, Basis.COMMISSIONED}),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def real(**changes: object) -> TrayLabel:
    """A label of a company that has a prefix of its own."""
    identity = TrayIdentity(Gtin.of_company("6901234", 1), "GV1-261125-2S-014", "1042-AEBAGBAF")
    return label(identity=identity, demo=False, **changes)


def rendered(pdf: bytes) -> Image.Image:
    """The page as a viewer shows it at 203 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    picture: Image.Image = page.render(scale=203 / 72).to_pil()
    document.close()
    return picture


AS_PICTURES: dict[str, Callable[[TrayLabel, str], Image.Image]] = {
    "png": lambda made, name: Image.open(BytesIO(png_label(made, shipped_template(name)))),
    "pdf": lambda made, name: rendered(pdf_label(made, shipped_template(name))),
    "zpl": lambda made, name: picture_of(zpl_label(made, shipped_template(name))),
}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("kind", AS_PICTURES)
def test_every_kind_of_file_carries_the_trays_identity(kind: str, name: str) -> None:
    made = label()
    (text,) = read(photographed(AS_PICTURES[kind](made, name), Mishap()))
    assert read_scan(text) == made.identity


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("angle_deg", [-45, -30, -10, 10, 30, 45])
def test_a_label_is_read_however_the_phone_is_held(name: str, angle_deg: float) -> None:
    made = a_label(np.random.default_rng(int(angle_deg) + 50))
    picture = draw(made, shipped_template(name), DOTS_PER_MM)
    assert read(photographed(picture, Mishap(angle_deg=angle_deg))) == {made.code_text}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("across", [False, True])
def test_a_smeared_label_is_read(name: str, across: bool) -> None:  # noqa: FBT001 - a row of a table
    made = label()
    picture = draw(made, shipped_template(name), DOTS_PER_MM)
    for angle_deg in (-45, 0, 45):
        mishap = Mishap(angle_deg=angle_deg, smear_dots=SMEAR_DOTS, smeared_across=across)
        assert read(photographed(picture, mishap)) == {made.code_text}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_label_is_read_with_a_tenth_of_it_covered_anywhere(name: str) -> None:
    chance = np.random.default_rng(3)
    for _ in range(12):
        made = a_label(chance)
        covered = with_a_patch(draw(made, shipped_template(name), DOTS_PER_MM), HIDDEN, chance)
        mishap = Mishap(angle_deg=chance.uniform(-45, 45))
        assert read(photographed(covered, mishap)) == {made.code_text}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_stripe_across_a_label_leaves_one_of_its_three_codes(name: str) -> None:
    chance = np.random.default_rng(5)
    for _ in range(12):
        made = a_label(chance)
        covered = with_a_stripe(draw(made, shipped_template(name), DOTS_PER_MM), HIDDEN, chance)
        assert read(photographed(covered, Mishap(angle_deg=chance.uniform(-45, 45)))) == {made.code_text}


@pytest.mark.parametrize("domain", ["trace.example.org", "trace.cooperative-of-green-valley.org"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_all_codes_of_a_label_say_the_same_and_each_can_be_read_alone(name: str, domain: str) -> None:
    made, template = label(domain=domain), shipped_template(name)
    assert len(template.code) == 3
    for code in template.code:
        picture = draw(made, template.model_copy(update={"code": (code,)}), DOTS_PER_MM)
        assert read(photographed(picture, Mishap())) == {made.code_text}


def test_without_a_company_prefix_the_label_carries_the_trace_code_alone() -> None:
    identity = TrayIdentity(None, "GV1-261125-2S-014", "1042-AEBAGBAF")
    for domain, expected in (
        (None, identity.trace_code),
        ("trace.example.org", identity.trace_link("trace.example.org")),
    ):
        made = label(identity=identity, domain=domain, demo=False)
        assert "gtin" not in made.fields
        picture = draw(made, shipped_template(), DOTS_PER_MM)
        assert read(photographed(picture, Mishap())) == {expected}


def test_without_a_host_the_code_is_the_trace_code_and_our_own_reader_takes_it() -> None:
    made = label(domain=None)
    (text,) = read(photographed(draw(made, shipped_template(), DOTS_PER_MM), Mishap()))
    assert read_scan(text).trace_code == made.identity.trace_code


def test_a_made_up_number_stands_on_demo_labels_only_and_they_say_so() -> None:
    assert label().fields["demo"] == DEMO
    assert "demo" not in real().fields
    with pytest.raises(DemoNumberError):
        label(demo=False)
    with pytest.raises(DemoNumberError):
        replace(real(), demo=True)


def test_a_net_weight_is_printed_from_a_scale_or_not_at_all() -> None:
    assert real().fields["net_weight"] == "2.500 kg"
    weightless = real(net_weight=None)
    assert "net_weight" not in weightless.fields
    assert png_label(weightless, shipped_template()) != png_label(real(), shipped_template())
    for kg, scale in (("0", "S-7"), ("-1", "S-7"), ("NaN", "S-7"), ("2.5", "")):
        with pytest.raises(LabelError):
            ScaleReading(Decimal(kg), scale)


def test_a_reprint_says_that_it_is_one() -> None:
    assert "reprint" not in real().fields
    assert real(reprint=2).fields["reprint"] == "重印 reprint 2"
    assert png_label(real(reprint=2), shipped_template()) != png_label(real(), shipped_template())


def test_every_placeholder_has_its_word_and_every_word_its_placeholder() -> None:
    assert {*label().fields, "reprint"} == FIELDS[Kind.TRAY]
    assert {*certificate().fields, "demo", "reprint"} == FIELDS[Kind.CERTIFICATE]


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 0}, {"reprint": -1}, {"packed_on": date(2026, 11, 24)}, {"best_before": date(2026, 11, 24)},
        {"harvested_on": date(2026, 11, 26)},
    ],
)  # fmt: skip
def test_a_label_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(LabelError):
        label(**changes)


def test_the_same_label_is_the_same_file() -> None:
    for write in (png_label, pdf_label, zpl_label):
        assert write(label(), shipped_template()) == write(label(), shipped_template())


@pytest.mark.parametrize("name", TEMPLATES)
def test_files_have_the_labels_own_size(name: str) -> None:
    template = shipped_template(name)
    picture = Image.open(BytesIO(png_label(label(), template)))
    assert picture.info["dpi"] == pytest.approx((203.2, 203.2), abs=0.1)
    assert picture.size == (int(template.width_mm * 8), int(template.height_mm * 8))
    document = pypdfium2.PdfDocument(pdf_label(label(), template))
    page = document[0]
    assert [length * 25.4 / 72 for length in page.get_size()] == pytest.approx([template.width_mm, template.height_mm])
    document.close()
    job = zpl_label(label(), template, copies=2).decode("ascii")
    assert f"^PW{picture.width}\n^LL{picture.height}\n" in job
    assert "^PQ2\n" in job


@given(st.integers(1, 70), st.integers(1, 6), st.sampled_from([0.0, 0.02, 0.5, 0.98, 1.0]), st.integers(0, 2**32))
def test_every_picture_comes_out_of_the_printer_dot_for_dot(width: int, height: int, white: float, seed: int) -> None:
    dots = np.random.default_rng(seed).random((height, width)) < white
    picture = Image.fromarray(dots)
    assert np.array_equal(np.asarray(picture_of(zpl(picture))), dots)


def test_a_run_longer_than_any_sign_is_written_with_several() -> None:
    for white in (True, False):
        dots = np.full((3, 5000), white)
        dots[:, -9] = not white
        assert np.array_equal(np.asarray(picture_of(zpl(Image.fromarray(dots)))), dots)


def test_no_copies_are_no_job() -> None:
    with pytest.raises(ValueError, match="copies"):
        zpl(Image.new("1", (8, 8)), 0)


def test_a_word_that_the_font_cannot_draw_is_said_and_not_printed_as_a_box() -> None:
    with pytest.raises(LabelError, match="no shape for '𠮷'"):
        draw(label(packer="𠮷田"), shipped_template(), DOTS_PER_MM)
    with pytest.raises(LabelError, match="none to print"):
        draw(label(packer="a\nb"), shipped_template(), DOTS_PER_MM)


def test_words_that_do_not_fit_are_refused_and_not_cut() -> None:
    with pytest.raises(LabelError, match="shorten it"):
        draw(label(packer="绿谷草莓专业合作社" * 6), shipped_template(), DOTS_PER_MM)


def test_a_host_name_that_makes_the_code_too_fine_is_refused() -> None:
    with pytest.raises(LabelError, match="too fine"):
        draw(label(domain=".".join(["a" * 50] * 4)), shipped_template("tray-60x40"), DOTS_PER_MM)


def test_a_word_that_a_template_needs_must_be_there() -> None:
    needy = parse_template(MINIMAL.replace("optional = true", "").replace("{reprint}", "{reprint}{net_weight}"), "own")
    with pytest.raises(LabelError, match="net_weight, reprint"):
        draw(label(net_weight=None), needy, DOTS_PER_MM)


def test_the_bundled_font_draws_every_common_character_and_keeps_its_licence() -> None:
    common = "".join(
        bytes([first, second]).decode("gb2312", "ignore") for first in range(0xB0, 0xF8) for second in range(0xA1, 0xFF)
    )
    assert len(common) == 6763
    assert bundled_font().lacking(common + "堃喆镕 Crème de fraise, 25 °C ± 2 ,。、《》¥") == ""
    names = {record.nameID: str(record) for record in TTFont(FONT)["name"].names}
    assert names[1] == "Grader Label"
    assert "SIL Open Font License" in names[13]
    licence = FONT.with_name("OFL.txt").read_text(encoding="utf-8")
    # The licence's one condition on names: a changed font must not bear the reserved one.
    assert "Reserved Font Name 'Source'" in licence
    assert "Source" not in names[1] + names[4] + names[6]


def test_the_shapes_that_a_font_lacks_are_found_as_its_table_has_them() -> None:
    table = TTFont(FONT).getBestCmap()
    sample = [chr(code) for code in range(0x4E00, 0x9FA6, 7)]
    assert list(bundled_font().lacking("".join(sample))) == [char for char in sample if ord(char) not in table]


def test_a_font_of_ones_own_is_used_and_what_is_none_is_refused(tmp_path: Path) -> None:
    drawn = draw(label(), shipped_template(), DOTS_PER_MM, LabelFont(FONT))
    assert drawn.tobytes() == draw(label(), shipped_template(), DOTS_PER_MM).tobytes()
    (tmp_path / "no.ttf").write_bytes(b"no font")
    for path in (tmp_path / "no.ttf", tmp_path / "missing.ttf"):
        with pytest.raises(LabelError, match="no font"):
            LabelFont(path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('name = "own"', 'name = "Own One"', "name"),
        ('version = "1.0.0"', "", "version"),
        ("width_mm = 60", "width_mm = 59", "beyond the label"),
        ("width_mm = 30\nheight_mm = 3\n", "width_mm = 31\nheight_mm = 3\n", "quiet zone"),
        ("{demo}", "", "room for demo"),
        ("{reprint}", "", "room for reprint"),
        ("{demo}", "{demo}{price}", "no word for price"),
        ("{demo}", "{demo}{", "brace"),
        ("smallest_mm = 1", "smallest_mm = 4", "larger than height"),
        ("optional = true", "colour = 'red'", "colour"),
        ("[[code]]", "[[rule]]", "code"),
        ("[[code]]", "[[code", "TOML"),
    ],
)
def test_mistakes_in_a_template_are_named(old: str, new: str, complaint: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(complaint)):
        parse_template(MINIMAL.replace(old, new, 1), "own.label.toml")


def test_the_commitment_certificate_is_printed_and_read_back() -> None:
    template = shipped_template("commitment-100x70")
    for picture in (
        Image.open(BytesIO(png_label(certificate(), template))),
        rendered(pdf_label(certificate(), template)),
        picture_of(zpl_label(certificate(), template)),
    ):
        assert read(photographed(picture, Mishap(angle_deg=20))) == {"https://trace.example.org/lot/L-0815"}
    assert read(photographed(draw(certificate(page=None), template, DOTS_PER_MM), Mishap())) == {"L-0815"}


def test_a_certificate_says_what_it_rests_on_and_who_stands_for_it() -> None:
    assert [certificate().fields[basis.value] for basis in Basis] == ["■", "□", "■"]
    with pytest.raises(LabelError, match="rests on"):
        certificate(basis=frozenset())
    for missing in ("lot", "committed_by", "contact"):
        with pytest.raises(LabelError, match=missing):
            certificate(**{missing: " "})


def test_a_template_for_one_thing_prints_no_other() -> None:
    with pytest.raises(LabelError, match="template for a certificate, not for a tray"):
        draw(label(), shipped_template("commitment-100x70"), DOTS_PER_MM)


def test_a_template_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "own.label.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    made = real(reprint=1)
    assert read(photographed(draw(made, load_template(path), DOTS_PER_MM), Mishap())) == {made.code_text}
    path.write_bytes(b"\xff")
    with pytest.raises(TemplateError, match="UTF-8"):
        load_template(path)
    path.write_bytes(b" " * 200_000)
    with pytest.raises(TemplateError, match="more than"):
        load_template(path)
    with pytest.raises(TemplateError, match="cannot be read"):
        load_template(tmp_path / "missing.label.toml")
    with pytest.raises(TemplateError, match="allowed: tray-100x70"):
        shipped_template("tray")
