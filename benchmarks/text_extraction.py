"""How well Arabic and Persian words can be found again in a rendition, beside a PDF of the same text from Chromium.

    python benchmarks/text_extraction.py [--node-modules FOLDER] [--words]

Draws 207 words, and then others that no code was tuned on, as paragraphs, has Chromium print them (`chromium`
on the PATH), and reads both files with poppler (`pdftotext` on the PATH), pdfium (the package pypdfium2) and
pdf.js (`node`, with pdfjs-dist in FOLDER). What is not there is left out. Prints for each how many words are in the
text exactly as in the source, and how many pairs of neighbours with their blank. Directional marks and line ends, which
are the extractor's, do not count. --words prints those that are lost.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from archive.model.blocks import Document, Paragraph, Span
from archive.renditions.pdf.drawing import DrawOptions, PdfProperties, SourceAttachment, draw

_ARABIC = """
قالت اللجنة الدولية إن أوامر الاعتقال صدرت بحق المسؤولين عن الهجمات الكيميائية في الغوطة الشرقية يوم
الأربعاء الماضي ولأن الأدلة واضحة فلا إفلات من العقاب والآن يجب أن تتحرك الدول الأعضاء لإحالة الملف
إلى المحكمة الجنائية الدولية لأنها الجهة الملائمة للآلاف من الضحايا الأبرياء الآباء والأمهات
والأطفال وأهاليهم مؤكدة أنّ السلام لا يتحقق إلا بالعدالة والإنصاف شكراً جزيلاً لآخر الشهود وللأسف
لآلاء ولأحمد ملأى بالآمال لإيجاد حلول الإسلام الأمم المتحدة وسائل الإعلام لأول مرة بلاغ إلى الله
تعالى مسؤولية رئيس هيئة التحقيق بناءً على طلبٍ مقدَّمٍ من منظمات حقوقية سوريّة ودولية في باريس
وبرلين ولاهاي
طالبت العائلات بالكشف عن مصير المفقودين والمعتقلين في السجون السرية كما دعت النقابات إلى احترام حقوق
الإنسان ووقف التعذيب والإخفاء القسري فوراً ولا سيما في المناطق المحاصرة حيث لاحظ الأطباء أعراضاً غير
مألوفة لدى المصابين ولاحقاً أكدت المختبرات الأوروبية نتائج العينات التي جُمعت خلال الأسابيع اللاحقة
لأغراض التوثيق وإعلاء شأن الحقيقة
"""
_PERSIAN = """
می‌خواهم بگویم که این کتاب‌ها را نمی‌توان به‌سادگی فراموش کرد زیرا خانه‌های مردم و نام‌های
کشته‌شدگان در آن‌ها ثبت شده‌است گزارش‌گران می‌گویند پژوهش‌گران دانشگاه‌های تهران و کرمانشاه پیش‌تر
نیز به‌روشنی گفته‌اند که هم‌اکنون نیمه‌شب است و بی‌گناهان چشم‌به‌راه عدالت‌اند لاله و گلابی و آلاله
برای آقای چگینی پیامی ژرف فرستادند تا حقیقت یک‌بار برای همیشه روشن‌تر شود و ناامیدی پایان یابد
"""
_HELD_OUT_ARABIC = """
لأنّهم لآلئ لإزالة الآثار ولإعادة لأعمال وَلِأَنَّ الْأَطْفَالَ لَآمِنُونَ فَلَأُصَلِّيَنَّ بِالْآخِرَةِ لآخرين
للأمهات والآلات فالأسماء كالآتي بالأرقام ١٢٣٤ و٥٦٧ شخصاً في ٢٠١٩/٥/٩ الساعة ١٠:٣٠ صباحاً رقم الهاتف +963115550199
عبر البريد hanna@example.org أو الموقع example.org/ar بحسب Human Rights Watch وUNHCR نحو 1,234 معتقلاً (من بينهم 17
طفلاً) بنسبة 45% مُعَذَّبِينَ مَدْرَسَةٌ قُرْآنٌ هٰذا اللّٰه مؤتَمَن شؤون مائة رأي سُئل ملجأ قارئ يأتي ضوء هيئات
اللاجئون اللاجئات واللاعنف ولا إله إلا بلا آراء ألا أولاء هؤلاء الألماني الأمازيغية الإيزيديات لإيمانهن
لأوّل لِأَجْلِ مُلاءَمة سَلامًا كلاهما خلالها استئناف المُساءَلة تفاؤل مُؤازرة تلكؤ
"""
_HELD_OUT_PERSIAN = """
نمی‌شود می‌آیند خانه‌ای بچه‌هایشان به‌علاوه هیچ‌گاه آن‌چه چنان‌که بین‌المللی علاقه‌مندان لاله‌زار تلاش‌هایی گل‌آلود
پیش‌آهنگ هم‌آوایی دل‌انگیز سال ۱۳۹۸ شمارهٔ ۱۲٬۳۴۵ در روز ۱۹ اردیبهشت نامهٔ UNESCO و WHO را می‌خوانیم مسئولیت رأی
مؤسسه آیندهٔ کودکان گزارش PDF و CSV بارگذاری شد پاک‌سازی ژاله پژواک چشم‌انداز گفت‌وگوها پرس‌وجو
"""
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SCRIPT = """
import {getDocument} from '%s/pdfjs-dist/legacy/build/pdf.mjs';
import fs from 'fs';
const pdf = await getDocument({data: new Uint8Array(fs.readFileSync(process.argv[2])), verbosity: 0}).promise;
let out = '';
for (let n = 1; n <= pdf.numPages; n++) {
  const content = await (await pdf.getPage(n)).getTextContent();
  for (const item of content.items) out += item.str + (item.hasEOL ? '\\n' : '');
  out += '\\n';
}
fs.writeSync(1, out);
"""


def our_pdf(paragraphs: list[tuple[str, str]], path: Path) -> None:
    """Write a rendition of paragraphs of words, each with its language."""
    blocks = tuple(Paragraph((Span(words),), language) for language, words in paragraphs)
    drawn = draw(
        Document(blocks, "ar"),
        source=SourceAttachment("words.txt", "text/plain", b"words"),
        properties=PdfProperties("Words", datetime(2026, 1, 1, tzinfo=UTC)),
        options=DrawOptions(),
    )
    path.write_bytes(drawn.content)


def chromium_pdf(paragraphs: list[tuple[str, str]], path: Path) -> None:
    """Have Chromium print the same paragraphs."""
    body = "".join(f'<p lang="{language}" dir="rtl">{html.escape(words)}</p>' for language, words in paragraphs)
    page = path.with_suffix(".html")
    page.write_text(f'<meta charset="utf-8"><body style="font-family: Noto Naskh Arabic, DejaVu Sans">{body}')
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={path}", "--no-pdf-header-footer",
         page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def extractors(modules: str | None) -> Iterator[tuple[str, Callable[[Path], str]]]:
    """Every extractor that is there, by name."""
    if shutil.which("pdftotext"):
        yield (
            "poppler",
            lambda path: subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True).stdout.decode(),
        )
    try:
        import pypdfium2
    except ImportError:
        pass
    else:
        yield (
            "pdfium",
            lambda path: "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)),
        )
    if modules and shutil.which("node"):
        script = Path(tempfile.mkdtemp()) / "read.mjs"
        script.write_text(_SCRIPT % Path(modules).resolve())
        yield (
            "pdf.js",
            lambda path: subprocess.run(
                ["node", str(script), str(path)], check=True, capture_output=True
            ).stdout.decode(),
        )


def count(text: str, wanted: list[str]) -> list[str]:
    """Those of `wanted` that are not in `text`."""
    plain = " ".join(_MARKS.sub("", text).split())
    return [one for one in wanted if f" {one} " not in f" {plain} "]


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--node-modules")
    parser.add_argument("--words", action="store_true")
    chosen = parser.parse_args()
    for name, arabic, persian in (
        ("first set", _ARABIC, _PERSIAN),
        ("held out", _HELD_OUT_ARABIC, _HELD_OUT_PERSIAN),
    ):
        sys.stdout.write(f"{name}: ")
        _measure([("ar", " ".join(arabic.split())), ("fa", " ".join(persian.split()))], chosen)
    return 0


def _measure(paragraphs: list[tuple[str, str]], chosen: argparse.Namespace) -> None:
    """Draw, print and read one set of words."""
    words = [word for _, text in paragraphs for word in text.split()]
    pairs = [" ".join(pair) for _, text in paragraphs for pair in pairwise(text.split())]
    with tempfile.TemporaryDirectory() as folder:
        files = {"muniment": Path(folder, "ours.pdf")}
        our_pdf(paragraphs, files["muniment"])
        if shutil.which("chromium"):
            files["chromium"] = Path(folder, "theirs.pdf")
            chromium_pdf(paragraphs, files["chromium"])
        sys.stdout.write(f"{len(words)} words, {len(pairs)} pairs\n")
        for name, extract in extractors(chosen.node_modules):
            for maker, path in files.items():
                text = extract(path)
                lost, torn = count(text, words), count(text, pairs)
                sys.stdout.write(
                    f"{name:8} {maker:9} words {len(words) - len(lost):4}  pairs {len(pairs) - len(torn):4}\n"
                )
                if chosen.words and lost:
                    sys.stdout.write(f"    {' '.join(lost)}\n")


if __name__ == "__main__":
    sys.exit(main())
