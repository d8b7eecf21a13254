"""What happened on the way to a PDF/A rendition."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_DESIGN = "design: a rendition problem never stops the bag"

NO_READER = FindingKind(
    "REN-101", Tells.NOTE, _DESIGN,
    "no rendition: {reason}",
    "Renditions are drawn of text, source code, JSON and XML, Markdown, HTML, RTF, e-mail, Outlook messages,"
    " mailboxes, CSV, Word, Excel and OpenDocument texts, and pictures. Other formats are kept as they are.",
    "Nothing to do; the original is kept. A copy in one of these formats beside it gets a rendition",
)  # fmt: skip
NOT_DRAWN = FindingKind(
    "REN-102", Tells.ADVICE, _DESIGN,
    "no rendition: {reason}",
    "The file has a format that can be drawn, but this file could not be. The original is kept all the same.",
    "Compare the file with another copy; if it is damaged, replace it. To try again: archive render FILE --to DIR",
)  # fmt: skip
LEFT_OUT = FindingKind(
    "REN-103", Tells.ADVICE, _DESIGN,
    "the rendition leaves out: {what}",
    "Every part of a document is drawn, or named here and on the last page of the rendition. Scripts are not run, and"
    " nothing is fetched. The original has all of it.",
    "Check whether what is left out matters; if so, keep it as files of its own",
)  # fmt: skip
LEVEL_B = FindingKind(
    "REN-104", Tells.ADVICE, "ISO 19005-3 6.7, ISO 14289-1 7.3",
    "the rendition is of level B only: {reason}",
    "Level A and PDF/UA promise that a person who cannot see the page can read it. Here that is not so.",
    "Describe pictures in description.toml (alternative text), or with --alternative",
)  # fmt: skip
LEFT_ALONE = FindingKind(
    "REN-105", Tells.ADVICE, _DESIGN,
    "the PDF was left alone, because it is {reason}",
    "Converting an encrypted, signed, fillable or scripted PDF would lose what makes it so.",
    "Nothing to do; ask the depositor for a PDF/A if one is needed",
)  # fmt: skip
NO_CONVERTER = FindingKind(
    "REN-106", Tells.ADVICE, _DESIGN,
    "no rendition of this PDF: {reason}",
    "An existing PDF is converted by Ghostscript or OCRmyPDF. Without one of them, or where its result did not hold,"
    " the PDF is kept as it is.",
    "Install ghostscript, then make the bag again; `archive doctor` shows what is here",
)  # fmt: skip
KEPT = FindingKind(
    "REN-107", Tells.NOTE, "ISO 19005",
    "it is a valid {claims} already and is kept as it is",
    "veraPDF found that every claim it makes is true, so there is nothing to render.",
    "Nothing to do",
)  # fmt: skip
NOT_VALIDATED = FindingKind(
    "REN-108", Tells.NOTE, "design: valid only with a validator",
    "the rendition claims {claims}; not validated, because {reason}",
    "The rendition was made to keep these standards, but no validator has confirmed it.",
    "Install veraPDF, which checks the result: archive doctor --install verapdf",
)  # fmt: skip
REFUTED = FindingKind(
    "REN-109", Tells.ADVICE, "ISO 19005, ISO 14289-1, as veraPDF checks them",
    "veraPDF says that the rendition is not {profile}: {clause}: {description}",
    "The rendition claims more than it keeps.",
    "This is an internal error: please report it, with the file if you may",
)  # fmt: skip
BOXED = FindingKind(
    "REN-111", Tells.ADVICE, "ISO 19005-2 and -3 6.2.11.8",
    "characters that no font has are drawn as boxes: {characters}",
    "The characters are in the rendition's text, but cannot be seen on the page.",
    "Install a font that has them, or name its file in [render] fonts of archive.toml",
)  # fmt: skip
LEVEL_LOW = FindingKind(
    "REN-110", Tells.NOTE, "ISO 19005-2 and -3 6.7",
    "the PDF was converted by {maker}; the rendition reaches level B",
    "A converter cannot know the structure of a page, so a converted PDF is not level A.",
    "Render it from its source, where that exists",
)  # fmt: skip
EMPTY = FindingKind(
    "REN-112", Tells.ADVICE, _DESIGN,
    "the rendition is an empty page: there is no text and no picture in the document",
    "An empty file may be what was meant, or a copy that was cut off, or a page that only a script would have filled.",
    "Check the original; if it should not be empty, obtain it again",
)  # fmt: skip
CARRIED = FindingKind(
    "REN-113", Tells.NOTE, "ISO 19005-3 6.8",
    "{count} attached files stand in the rendition as in the PDF, byte for byte: {names}",
    "PDF/A-3 holds files of any format; theirs were not looked at, and a rendition of them was not made.",
    "Nothing to do; extract them (pdfdetach -saveall) if they should be preserved on their own",
)  # fmt: skip
NOT_CARRIED = FindingKind(
    "REN-114", Tells.ADVICE, "ISO 19005-2 and -3 6.8",
    "the PDF was left alone, for the files attached to it would be lost: {reason}",
    "A rendition without them would show less than the PDF holds, and nothing is dropped. The original has them all.",
    "Extract them (pdfdetach -saveall FILE), put them beside the PDF, and each gets a rendition of its own",
)  # fmt: skip
WRONG_ENCODING = FindingKind(
    "REN-115", Tells.ADVICE, _DESIGN,
    "no rendition: {reason}",
    "The text could not be read in the encoding that was stated, or in UTF-8 where none was. An encoding is never"
    " guessed. The original is kept all the same.",
    "State its encoding: encoding = \"windows-1256\" under [files.\"NAME\"] in description.toml, or --encoding."
    " Then run: archive render FILE --to DIR",
)  # fmt: skip
PRINTED = FindingKind(
    "REN-120", Tells.NOTE, "ISO 19005-2 and -3 6.7",
    "the document was drawn by {maker}; the rendition reaches level B",
    "LibreOffice lays the document out as it understands it: fonts that are not installed are replaced, and pages may"
    " break elsewhere than in the program that made it.",
    "Compare the rendition with the original where its layout matters",
)  # fmt: skip
WORDS_ONLY = FindingKind(
    "REN-123",
    Tells.ADVICE,
    _DESIGN,
    "{reason}; its words were drawn by the program itself, without their layout",
    "LibreOffice draws this format as it looks, and failed on this file. The rendition has what muniment's own reader"
    " found in it; what that reader does not know is named.",
    "Compare the rendition with the original; if the file is damaged, obtain it again",
)
NORMALISED = FindingKind(
    "REN-121", Tells.NOTE, "the policy of normalisation",
    "a preservation copy was made: {form}, by {maker}",
    "The decoded copy was compared with the decoded original and is the same. The original stays as it is.",
    "Nothing to do",
)  # fmt: skip
NOT_NORMALISED = FindingKind(
    "REN-122", Tells.ADVICE, "the policy of normalisation",
    "no preservation copy ({form}): {reason}",
    "The policy asks for a copy of this file. The original is kept all the same.",
    "Install the tool that is named, or change the rule; docs/renditions.md has the formats that hold what",
)  # fmt: skip
