"""Make the font of our labels: what labels need of Noto Sans SC Medium (SIL Open Font License 1.1).

    .venv/bin/python tools/make_label_font.py NotoSansSC_500Medium.ttf

The source is in the npm package @expo-google-fonts/noto-sans-sc (0.4.3), folder 500Medium: decision 0012.
"""

import string
import sys
from pathlib import Path

from fontTools import subset

TARGET = Path(__file__).parents[1] / "grader" / "trace" / "labels" / "fonts" / "label.ttf"
FAMILY = "Grader Label"
"""Not the font's own name: a program that finds both on a computer must not take the part for the whole."""
FAMILY_IDS = {
    1: FAMILY,
    3: f"{FAMILY}; from Noto Sans SC Medium 2.004",
    4: FAMILY,
    6: "GraderLabel",
    16: FAMILY,
    17: "Regular",
}

SOFT_HYPHEN = 0xAD

NAMES = (
    "堃喆镕旻翀昇珺瑄玥玙炘祎赟旸晞湉璟睿甯皞翾芃茉莜菡萱葳蓁薇堉垚姮婳嫄嬅宸屾峣嵘廑彧忞惇愔懿捭晔暐晟曌朏杺桄桢梽棽楙槿樾"
    "歆汭沄沐沚泓泠洢浛浠涞淏淙淼湜溁溦滢漪潆澍濬灏炅炜焓焱煊煜熠燊犇猷玎玏玘玟玠玢珅珈珉珞珩珮琇琎琏琛琤琨琬琰瑀瑆瑗瑛瑜瑧瑨璁璇璈璐璠"
    "琚璞瓒畑疌皓皛眙睎砚砺碶祁祐祺禛禹稷竑笃筱箬粲綦纭绎绮绾缇缦翊翎翙翚翦聿胤舸艽芊芮芷苡苒荃荇荻莘莙菀菁萦葭葶蒨蓥蔺蕙蕲薏蘅虓蜜"
    "衎袆觅詠詹谌谟谡豫赓轶辀迩逯遄邕邰郗郯郦鄢鄯酆釜鋆鑫钊钎钜钰铖铠铮锴锳镐镠镡闫闳闻阗陇隗隽雩雯霁霄霏霖靓靖韫韬頔颀颉颢飏馗馨骁骅骏"
    "骐骞鬲魁鲲鸢鸷鸾鹂鹇鹏麒麓黎黟黻鼐龑"
)
"""Characters of people's and villages' names; those that GB 2312 has too do no harm."""


def wanted() -> set[str]:
    """What can stand on a label: printable ASCII and Latin-1, GB 2312 without its kana, Greek, Cyrillic and frames."""
    found = set(string.printable) - set(string.whitespace) | {" "}
    found |= {chr(code) for code in range(0xA1, 0x100) if code != SOFT_HYPHEN}
    rows = [0xA1, 0xA3, *range(0xB0, 0xF8)]  # signs, full-width ASCII, characters
    for first in rows:
        for second in range(0xA1, 0xFF):
            try:
                found.add(bytes([first, second]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found | set(NAMES)


def main(source: str) -> None:
    """Subset, rename, save."""
    options = subset.Options(
        notdef_outline=True,
        hinting=False,
        layout_features=[],
        name_IDs=["*"],
        name_languages=["*"],
        recalc_timestamp=False,
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG"]
    font = subset.load_font(source, options)
    known = font.getBestCmap()
    missing = sorted(char for char in wanted() if ord(char) not in known)
    print(f"the source lacks {''.join(missing) or 'nothing'}")
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(wanted()))
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in FAMILY_IDS:
            record.string = FAMILY_IDS[record.nameID]
    font.save(TARGET)
    print(f"{len(font.getBestCmap())} characters, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
