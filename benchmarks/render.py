"""What a rendition costs: seconds and bytes a page, English and Arabic, beside WeasyPrint and typst where installed.

    python benchmarks/render.py [--pages 60] [--rounds 3] [--json]
    python benchmarks/render.py --files 200

Each tool sets the same text in the same fonts at the same size in a process of its own. CPU seconds a page are those of
the whole process for the long document, less those for one page, over the pages between; "one page" is the whole
process, Python's start and imports included, and "drawing" is muniment's own part of it. What a tool claims of its file
is told beside it: equal work is not equal promises. The bars of the design are judged at the end.

With --files it makes a bag of so many mixed files (text, HTML, Word, pictures, PDF) instead, with one outside tool at a
time and with as many as there are processors, and tells wall and CPU time.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "metadata" / "fonts"
A_PAGE = 0.012
ONE_PAGE = 0.015
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
from archive.renditions.pdf.drawing import DrawOptions, PdfProperties, SourceAttachment, draw
language, count, target, text = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
whole = (text + "\\n\\n") * count
blocks = tuple(Paragraph((Span(text + "\\n\\n"),)) for _ in range(count))
properties = PdfProperties("Benchmark", datetime(2024, 1, 1, tzinfo=UTC), (), language)
source = SourceAttachment("a.txt", "text/plain", whole.encode())
spent = []
for _ in range(20 if sys.argv[6] == 'warm' else 1):
    start = time.process_time()
    drawn = draw(Document(blocks, language), source=source, properties=properties, options=DrawOptions())
    spent.append(time.process_time() - start)
print(min(spent))
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
    parser.add_argument("--files", type=int, default=0)
    given = parser.parse_args()
    if given.files:
        return measure_folder(given.files)
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


def measure_folder(count: int) -> int:
    """Bags of one folder of mixed files; the bags must be equal. Prints a line for each."""
    kinds = make_samples()
    with tempfile.TemporaryDirectory(prefix="render-benchmark-") as folder:
        source = Path(folder, "mixed")
        source.mkdir()
        for number in range(count):
            ending = list(kinds)[number % len(kinds)]
            Path(source, f"{number:05}.{ending}").write_bytes(kinds[ending])
        print(f"{'workers':<10} {'wall s':>7} {'CPU s':>7} {'CPU ms/file':>12}")
        manifests = set()
        for workers in ("1", "0"):
            before, start = os.times(), time.monotonic()
            subprocess.run(
                [sys.executable, "-m", "archive", "create", str(source), "--to", str(Path(folder, workers)), "--json"],
                check=True,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, "ARCHIVE_RENDER_WORKERS": workers, "SOURCE_DATE_EPOCH": "1700000000"},
            )
            wall, after = time.monotonic() - start, os.times()
            spent = after.children_user + after.children_system - before.children_user - before.children_system
            shown = workers if workers != "0" else f"{os.cpu_count()}"
            print(f"{shown:<10} {wall:7.1f} {spent:7.1f} {1000 * spent / count:12.0f}")
            manifests.add(Path(folder, workers, "mixed", "tagmanifest-sha256.txt").read_bytes())
    print("the bags are equal" if len(manifests) == 1 else "THE BAGS DIFFER")
    return len(manifests) - 1


def make_samples() -> dict[str, bytes]:
    """One file of each kind by its ending."""
    import docx
    from PIL import Image
    from pypdf import PdfWriter

    text = (TEXTS["en"] + "\n\n") * 6
    pictures = {}
    for ending, form in (("jpg", "JPEG"), ("png", "PNG")):
        written = io.BytesIO()
        Image.linear_gradient("L").resize((800, 600)).convert("RGB").save(written, form)
        pictures[ending] = written.getvalue()
    word, page = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_heading("Report", 1)
    document.add_paragraph(text)
    document.save(word)
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(page)
    return {
        "txt": text.encode(),
        "html": f"<html lang=en><title>x</title><h1>Head</h1><p>{text}</p></html>".encode(),
        "docx": word.getvalue(),
        **pictures,
        "pdf": page.getvalue(),
    }


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
    one = min(seconds for seconds, _ in ones)
    warm = run(code, language, A_PAGE_OF[language], target, "warm")[1] if tool == "muniment" else ""
    claims = "3a, ua1" if tool == "muniment" else variant or "none"
    return Row(
        tool,
        language,
        claims,
        pages,
        (whole - one) / max(pages - first, 1),
        one,
        float(warm) if warm else None,
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
                    f"{language}, {row.tool} over muniment: "
                    f"{row.seconds_a_page / ours.seconds_a_page:.2f} in time a page, "
                    f"{row.one_page / ours.one_page:.2f} for one page, "
                    f"{row.bytes_a_page / ours.bytes_a_page:.2f} in bytes"
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
