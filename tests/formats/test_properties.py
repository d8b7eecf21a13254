"""What documents say of themselves."""

from __future__ import annotations

import io
import zipfile

import pytest

from archive.formats.properties import Properties, guess_language, read_properties

ENGLISH = (
    "The archive of the town was moved to the library, and the files that are in it were read by the people of it. "
)
ARABIC = "أصدر الأرشيف هذا البيان بعد مراجعة الوثائق التي جمعت في المدينة بين عامي 2013 و2018 "


def zipped(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return made.getvalue()


CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>تقرير</dc:title><dc:creator>R. Visitor</dc:creator>"
    "<dcterms:created>2019-10-18T09:30:00Z</dcterms:created><dcterms:modified>rubbish</dcterms:modified>"
    "</cp:coreProperties>"
)
APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Pages>3</Pages>'
    "</Properties>"
)
META = (
    '<o:document-meta xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><o:meta>'
    "<dc:title>Report</dc:title><meta:initial-creator>A</meta:initial-creator><dc:date>2020-01-02T00:00:00</dc:date>"
    '<meta:document-statistic meta:page-count="12"/></o:meta></o:document-meta>'
)


@pytest.mark.parametrize(
    ("name", "text", "title", "basis"),
    [
        ("a.md", "intro\n\n## The *second* [level](x) #\n", "The second level", "first heading"),
        ("a.md", "```\n# code\n```\n\nTitle\n=====\n", "Title", "first heading"),
        ("a.md", "no heading\n", None, ""),
        ("a.txt", "\ufeffبيان صحفي\n\nنص\n", "بيان صحفي", "first line"),
        ("a.txt", "A first line that runs on\ninto the second\n", None, ""),
        ("a.txt", "A whole sentence.\n\nMore.\n", None, ""),
        ("a.txt", "x" * 200 + "\n\nMore\n", None, ""),
        ("README", "Read me\n", "Read me", "first line"),
        ("a.html", "<title>T</title><h1>A &amp; <em>B</em></h1>", "A & B", "first heading"),
        ("a.html", "<title>Only a title</title><script>h1</script>", "Only a title", "document title"),
        ("a.csv", "a,b\n", None, ""),
        ("a.txt", "bad\u202ename\n\n", None, ""),
    ],
)
def test_titles(name: str, text: str, title: str | None, basis: str) -> None:
    found = read_properties(text.encode(), name)
    assert (found.title, found.basis) == (title, basis)


def test_an_e_mail_gives_subject_sender_and_date() -> None:
    mail = b"From: A <a@example.org>\r\nSubject: =?utf-8?b?2KjZitin2YY=?=\r\n"
    mail += b"Date: Fri, 18 Oct 2019 09:30:00 +0000\r\n\r\nx"
    found = read_properties(mail, "x.eml")
    assert found == Properties("بيان", "subject of the e-mail", "A <a@example.org>", "2019-10-18")


def test_office_documents_give_their_properties() -> None:
    found = read_properties(zipped(docProps__core_xml=CORE, docProps__app_xml=APP), "x.docx")
    assert found == Properties("تقرير", "document title", "R. Visitor", "2019-10-18", None, None, 3)
    found = read_properties(zipped(meta_xml=META), "x.odt")
    assert found == Properties("Report", "document title", "A", None, "2020-01-02", None, 12)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.docx", b"PK\x03\x04rubbish"),
        ("x.docx", b""),
        ("x.docx", zipped(docProps__core_xml="<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")),
        ("x.docx", zipped(docProps__core_xml="<open>")),
        ("x.odt", zipped(meta_xml="<a>" + "x" * (5 << 20) + "</a>")),
        ("x.odt", zipped(other="x")),
        ("x.eml", b"\xff\xfe\x00"),
        ("x.eml", b"Date: never\nFrom: \n\n"),
        ("x.html", b"<html lang><h1>"),
        ("x.html", b"\xff\xfe\xff"),
        ("x.txt", b"\xff\xfe\xff"),
        ("x.txt", b"\x80\x81" * 100),
        ("x.md", b""),
    ],
)
def test_broken_documents_say_nothing(name: str, content: bytes) -> None:
    found = read_properties(content, name)
    assert found.title is None
    assert found.creator is None


def test_a_text_cut_in_the_middle_of_a_character_is_read() -> None:
    assert read_properties("Title\n\nعربي".encode()[:-1], "x.txt").title == "Title"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (ENGLISH, "en"),
        (ARABIC, "ar"),
        (ARABIC * 3 + "Example Human Rights Archive", "ar"),
        ("Le conseil de la ville et les gens du pays sont dans une salle pour la paix avec des amis", "fr"),
        ("Der Rat der Stadt und die Leute sind nicht mit dem Haus von einem Mann auf dem Weg", "de"),
        ("این پرونده‌ها در کتابخانه شهر نگهداری می‌شود و گزارش آن را پژوهشگران می‌خوانند", None),
        ("short", None),
        ("1234 5678 " * 20, None),
        (ENGLISH + ARABIC, None),
    ],
)
def test_guessing_a_language_only_where_it_is_plain(text: str, tag: str | None) -> None:
    assert guess_language(text) == tag
