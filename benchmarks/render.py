"""What a rendition costs: seconds and bytes a page, English and Arabic, beside WeasyPrint and typst where installed.

    python benchmarks/render.py [--pages 60] [--rounds 3] [--json]

Each tool sets the same text in the same fonts at the same size in a process of its own. CPU seconds a page are those of
the whole process for the long document, less those for one page, over the pages between; "one page" is the whole
process, Python's start and imports included, and "drawing" is our own part of it. What a tool claims of its file is
told beside it: equal work is not equal promises. The bars of the design are judged at the end.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "metadata" / "fonts"
A_PAGE = 0.1
ONE_PAGE = 0.3
TEXTS = {
    "en": "The Syrian Opposition Coalition (SOC) welcomed the decision by French judges to issue arrest warrants over "
    "the use of banned chemical weapons against civilians in the town of Douma and eastern Ghouta in 2013. This move "
    "is hoped to uphold the principle of no immunity for perpetrators of war crimes, 1,429 of whose victims are named.",
    "ar": "رحّب الائتلاف الوطني السوري (SOC) بقرار القضاة الفرنسيين إصدار مذكرات توقيف بشأن استخدام الأسلحة الكيميائية "
    "المحظورة ضد المدنيين في مدينة دوما والغوطة الشرقية بريف دمشق عام 2013. ويُؤمل أن تُرسّخ هذه الخطوة مبدأ عدم الإفلات "
    "من العقاب لمرتكبي جرائم الحرب، ومن ضحاياها 1,429 شخصاً معروفة أسماؤهم.",
}
A_PAGE_OF = {"en": 9, "ar": 8}

OURS = """
import sys, time
from datetime import UTC, datetime
from archive.model.blocks import Document, Paragraph, Span
from archive.renditions.drawing import DrawOptions, PdfProperties, SourceAttachment, draw
language, count, target, text = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
whole = (text + "\\n\\n") * count
blocks = tuple(Paragraph((Span(text + "\\n\\n"),)) for _ in range(count))
start = time.process_time()
properties = PdfProperties("Benchmark", datetime(2024, 1, 1, tzinfo=UTC), (), language)
drawn = draw(Document(blocks, language), source=SourceAttachment("a.txt", "text/plain", whole.encode()),
             properties=properties, options=DrawOptions())
print(time.process_time() - start)
open(target, "wb").write(drawn.content)
"""
WEASYPRINT = """
import sys
from weasyprint import HTML
language, count, target, text, fonts, variant = sys.argv[1], int(sys.argv[2]), *sys.argv[3:7]
faces = "".join(f"@font-face {{font-family:{f}; src:url(file://{fonts}/{n}-Regular.ttf)}}"
                for f, n in (("sans", "NotoSans"), ("naskh", "NotoNaskhArabic")))
style = faces + "@page {size:A4; margin:26mm} body {font:10.5pt/1.45 sans, naskh}"
turn = "rtl" if language == "ar" else "ltr"
HTML(string=f"<html lang={language} dir={turn}><title>Benchmark</title><style>{style}</style><body>"
     + f"<p>{text}</p>" * count).write_pdf(target, **({"pdf_variant": variant} if variant else {}))
"""
TYPST = """
import sys, typst
language, count, target, text, fonts, variant = sys.argv[1], int(sys.argv[2]), *sys.argv[3:7]
source = ('#set document(title: "Benchmark")\\n#set page(paper: "a4", margin: 26mm)\\n'
          f'#set text(font: ("Noto Sans", "Noto Naskh Arabic"), size: 10.5pt, lang: "{language}")\\n\\n')
open(target + ".typ", "w", encoding="utf-8").write(source + (text + "\\n\\n") * count)
more = {"pdf_standards": variant} if variant else {}
typst.compile(target + ".typ", output=target, font_paths=[fonts], ignore_system_fonts=True, **more)
"""


@dataclass(frozen=True)
class Row:
    """One tool and one language. Seconds are CPU seconds, bytes those of the long document."""

    tool: str
    language: str
    claims: str
    pages: int
    seconds_a_page: float
    one_page: float
    drawing: float | None
    bytes_a_page: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="render-benchmark-") as folder:
        for language in TEXTS:
            rows.append(measure("muniment", OURS, [""], language, given, folder))
            if importlib.util.find_spec("weasyprint"):
                rows.append(measure("WeasyPrint", WEASYPRINT, ["pdf/a-3a", "pdf/a-3u", ""], language, given, folder))
            if importlib.util.find_spec("typst"):
                rows.append(measure("typst", TYPST, ["a-3a", "a-3b", ""], language, given, folder))
    if given.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        show(rows)
    return judge(rows, quiet=given.json)


def measure(tool: str, code: str, variants: list[str], language: str, given: argparse.Namespace, folder: str) -> Row:
    """The first of the variants that the tool can do, in the least of the rounds."""
    target = os.path.join(folder, f"{tool}-{language}.pdf")
    long = A_PAGE_OF[language] * given.pages
    for variant in variants:
        try:
            whole = min(run(code, language, long, target, variant)[0] for _ in range(given.rounds))
        except subprocess.CalledProcessError as error:
            if variant == variants[-1]:
                raise SystemExit(f"{tool}: {error.stderr}") from error
            continue
        break
    pages, size = count_pages(target), os.path.getsize(target)
    ones = [run(code, language, A_PAGE_OF[language], target, variant) for _ in range(given.rounds)]
    first = count_pages(target)
    one, own = min(seconds for seconds, _ in ones), [float(said) for _, said in ones if said]
    claims = "3a, ua1" if tool == "muniment" else variant or "none"
    return Row(
        tool,
        language,
        claims,
        pages,
        (whole - one) / max(pages - first, 1),
        one,
        min(own) if own else None,
        size / pages,
    )


def run(code: str, language: str, count: int, target: str, variant: str) -> tuple[float, str]:
    """CPU seconds of a process with its children, and what it printed."""
    before = os.times()
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            code,
            language,
            str(count),
            target,
            TEXTS[language],
            str(FONTS),
            variant,
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, done.stdout.strip()


def count_pages(path: str) -> int:
    from pypdf import PdfReader

    return len(PdfReader(path).pages)


def show(rows: list[Row]) -> None:
    print(
        f"{'tool':<11} {'text':<5} {'claims':<9} {'pages':>5} {'s/page':>8} {'one page':>9} "
        f"{'drawing':>8} {'B/page':>8}"
    )
    for row in rows:
        drawing = f"{row.drawing:8.3f}" if row.drawing is not None else f"{'':8}"
        print(
            f"{row.tool:<11} {row.language:<5} {row.claims:<9} {row.pages:5} {row.seconds_a_page:8.4f} "
            f"{row.one_page:9.3f} {drawing} {row.bytes_a_page:8.0f}"
        )
    for language in TEXTS:
        ours = next(row for row in rows if row.tool == "muniment" and row.language == language)
        for row in rows:
            if row.language == language and row is not ours:
                print(
                    f"{language}: {row.tool} takes {row.seconds_a_page / ours.seconds_a_page:.2f} of our time a page, "
                    f"{row.one_page / ours.one_page:.2f} for one page, "
                    f"{row.bytes_a_page / ours.bytes_a_page:.2f} of our bytes"
                )


def judge(rows: list[Row], *, quiet: bool) -> int:
    missed = 0
    for row in rows:
        if row.tool != "muniment" or row.drawing is None:
            continue
        for what, value, bar in (("a page", row.seconds_a_page, A_PAGE), ("one page", row.drawing, ONE_PAGE)):
            missed += value > bar
            if not quiet:
                print(f"{'met' if value <= bar else 'MISSED'}: {row.language}, {what}: {value:.3f} s, at most {bar} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
