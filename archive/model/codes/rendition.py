"""Findings of making PDF/A renditions."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_DESIGN = "design: a rendition problem never stops the bag"

NO_READER = FindingKind(
    "REN-101", Tells.NOTE, _DESIGN,
    "no rendition: {reason}",
    "Renditions are made of text, source code, JSON and XML, Markdown, HTML, RTF, e-mail, Outlook messages,"
    " mailboxes, CSV, Word, Excel and OpenDocument texts, and pictures. Other formats are kept as they are.",
    "No action needed, the original is kept; a copy in one of these formats beside it gets a rendition",
)  # fmt: skip
NOT_DRAWN = FindingKind(
    "REN-102", Tells.ADVICE, _DESIGN,
    "no rendition: {reason}",
    "The format is supported, but no rendition could be made of this file. The original is kept.",
    "Compare the file with another copy, and replace it if it is damaged; to try again: archive render FILE --to DIR",
)  # fmt: skip
LEFT_OUT = FindingKind(
    "REN-103", Tells.ADVICE, _DESIGN,
    "the rendition leaves out: {what}",
    "Every part of a document is either rendered or listed here and on the last page of the rendition. Scripts"
    " are not run, and nothing is fetched. The original contains all of it.",
    "Check whether what is left out matters; if so, keep it as separate files",
)  # fmt: skip
LEVEL_B = FindingKind(
    "REN-104", Tells.ADVICE, "ISO 19005-3 6.7, ISO 14289-1 7.3",
    "the rendition reaches level B only: {reason}",
    "Level A and PDF/UA promise that a person who cannot see the page can read it. This rendition cannot promise"
    " that.",
    "Describe pictures in description.toml (alternative text), or use --alternative",
)  # fmt: skip
LEFT_ALONE = FindingKind(
    "REN-105", Tells.ADVICE, _DESIGN,
    "the PDF was not converted, because it is {reason}",
    "Converting an encrypted, signed, fillable or scripted PDF would destroy these properties.",
    "No action needed; if PDF/A is required, ask the depositor for one",
)  # fmt: skip
NO_CONVERTER = FindingKind(
    "REN-106", Tells.ADVICE, _DESIGN,
    "no rendition of this PDF: {reason}",
    "Existing PDFs are converted by Ghostscript or OCRmyPDF. If neither is installed, or if the result was not"
    " valid, the PDF is kept as it is.",
    "Install Ghostscript, then create the bag again; to see which tools are installed: archive doctor",
)  # fmt: skip
KEPT = FindingKind(
    "REN-107", Tells.NOTE, "ISO 19005",
    "it is already a valid {claims} and is kept as it is",
    "veraPDF confirmed every claim that the file makes, so no rendition is needed.",
    "No action needed",
)  # fmt: skip
NOT_VALIDATED = FindingKind(
    "REN-108", Tells.NOTE, "design: valid only with a validator",
    "the rendition claims {claims}; this was not validated, because {reason}",
    "The rendition was made to follow these standards, but a validator has not confirmed it.",
    "Install veraPDF, which checks the result: archive doctor --install verapdf",
)  # fmt: skip
REFUTED = FindingKind(
    "REN-109", Tells.ADVICE, "ISO 19005, ISO 14289-1, as veraPDF checks them",
    "veraPDF reports that the rendition is not {profile}: {clause}: {description}",
    "The rendition claims a standard that it does not meet.",
    "This is an internal error; please report it, with the file if that is allowed",
)  # fmt: skip
BOXED = FindingKind(
    "REN-111", Tells.ADVICE, "ISO 19005-2 and -3 6.2.11.8",
    "characters that are missing in all fonts are shown as boxes: {characters}",
    "The characters are in the rendition's text, but not visible on the page.",
    "Install a font that has these characters, or name its file in the setting render.fonts",
)  # fmt: skip
LEVEL_LOW = FindingKind(
    "REN-110", Tells.NOTE, "ISO 19005-2 and -3 6.7",
    "the PDF was converted by {maker}; the rendition reaches level B",
    "A converter cannot know the structure of a page, so a converted PDF is not level A.",
    "If its source exists, make the rendition from the source",
)  # fmt: skip
EMPTY = FindingKind(
    "REN-112", Tells.ADVICE, _DESIGN,
    "the rendition is an empty page, because the document has no text and no picture",
    "The file may be empty on purpose, it may be a copy that was cut off, or its content may be created by a"
    " script only.",
    "Check the original; if it should not be empty, obtain it again",
)  # fmt: skip
CARRIED = FindingKind(
    "REN-113", Tells.NOTE, "ISO 19005-3 6.8",
    "{count} attached files are in the rendition as in the PDF, byte for byte: {names}",
    "PDF/A-3 may contain files of any format. Their formats were not checked, and no renditions of them were made.",
    "No action needed; to preserve them separately, extract them: pdfdetach -saveall FILE",
)  # fmt: skip
NOT_CARRIED = FindingKind(
    "REN-114", Tells.ADVICE, "ISO 19005-2 and -3 6.8",
    "the PDF was not converted, because the files attached to it would be lost: {reason}",
    "A rendition without them would show less than the PDF contains. The original has all of them.",
    "To get a rendition of each, put them beside the PDF: pdfdetach -saveall FILE",
)  # fmt: skip
WRONG_ENCODING = FindingKind(
    "REN-115", Tells.ADVICE, _DESIGN,
    "no rendition: {reason}",
    "The text is not valid in the stated encoding, or in UTF-8 if none was stated. An encoding is never guessed."
    " The original is kept.",
    "State its encoding: encoding = \"windows-1256\" under [files.\"NAME\"] in description.toml, or --encoding;"
    " then run: archive render FILE --to DIR",
)  # fmt: skip
PRINTED = FindingKind(
    "REN-120", Tells.NOTE, "ISO 19005-2 and -3 6.7",
    "the document was rendered by {maker}; the rendition reaches level B",
    "LibreOffice lays out the document in its own way: fonts that are not installed are replaced, and pages may"
    " break in different places from the original program.",
    "Compare the rendition with the original if its layout matters",
)  # fmt: skip
WORDS_ONLY = FindingKind(
    "REN-123", Tells.ADVICE, _DESIGN,
    "{reason}; the program itself rendered the words, without their layout",
    "LibreOffice shows this format with its layout, but failed on this file. The rendition has what muniment's"
    " own reader found in it; the parts that this reader does not support are listed.",
    "Compare the rendition with the original; if the file is damaged, obtain it again",
)  # fmt: skip
NORMALISED = FindingKind(
    "REN-121", Tells.NOTE, "the policy of normalisation",
    "a preservation copy was made: {form}, by {maker}",
    "The decoded copy was compared with the decoded original and is identical. The original stays as it is.",
    "No action needed",
)  # fmt: skip
NOT_NORMALISED = FindingKind(
    "REN-122", Tells.ADVICE, "the policy of normalisation",
    "no preservation copy ({form}): {reason}",
    "The policy requires a copy of this file. The original is kept.",
    "Install the tool that is named, or change the rule; docs/renditions.md lists the supported formats",
)  # fmt: skip
