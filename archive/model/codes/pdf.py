"""Findings about PDFs that claim to be PDF/A or PDF/UA."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_MAKE_AGAIN = (
    "Create it again with a program that writes PDF/A, for example from its source: archive render FILE --to DIR"
)
_VERAPDF = "Install veraPDF, which checks the claim: archive doctor --install verapdf"

UNREADABLE = FindingKind(
    "PDF-101", Tells.RULE, "ISO 32000-1 7.5",
    "it is not a readable PDF: {reason}",
    "A PDF begins with %PDF- and has a cross-reference table and a catalogue with at least one page. One of these"
    " is missing or cannot be read, so viewers may not be able to show it.",
    "Obtain the file again; for details: qpdf --check FILE",
)  # fmt: skip
NO_CLAIM = FindingKind(
    "PDF-102", Tells.NO_CLAIM, "ISO 19005-1 6.7.11, ISO 19005-2 and -3 6.6.4; ISO 14289-1 5",
    "it does not claim to be PDF/A or PDF/UA",
    "A PDF/A or PDF/UA file states its conformance in its XMP metadata (pdfaid:part, pdfuaid:part). This one does"
    " not, so it is an ordinary PDF. That is not an error in itself.",
    "If PDF/A is required: archive render FILE --to DIR",
)  # fmt: skip
NOT_VALIDATED = FindingKind(
    "PDF-103", Tells.UNREAD, "design: valid only with a validator",
    "it claims {claims}; this was not validated, because {reason}",
    "The program's own checks did not find anything that contradicts the claim, but they cover only a part of the"
    " standard. Only veraPDF can confirm that the file is valid.",
    _VERAPDF,
)  # fmt: skip
REFUTED = FindingKind(
    "PDF-104", Tells.RULE, "ISO 19005, ISO 14289-1, as veraPDF checks them",
    "veraPDF reports that {profile} is not met; {rules} rules failed, the first is {clause}: {description}",
    "The file claims in its metadata to follow this standard, and the validator found that it does not.",
    _MAKE_AGAIN,
)  # fmt: skip
LIMIT = FindingKind(
    "PDF-105", Tells.UNREAD, "design: untrusted PDFs are read within limits",
    "it could not be examined: {reason}",
    "PDFs are read in a process with limited memory and time. This one exceeded the limits, as damaged or hostile"
    " files may do.",
    "If you trust the file, raise render.seconds and render.memory_mb, then run again",
)  # fmt: skip
UNKNOWN_CLAIM = FindingKind(
    "PDF-106", Tells.RULE, "ISO 19005-1 6.7.11, ISO 19005-2 and -3 6.6.4, ISO 14289-1 5",
    "it claims a conformance that does not exist: {claim}",
    "Parts are 1 to 4; levels are A and B, with U in parts 2 and 3, and E, F or none in part 4, in capitals.",
    _MAKE_AGAIN,
)  # fmt: skip
CLAIM_NOT_JUDGED = FindingKind(
    "PDF-107", Tells.UNREAD, "design: valid only with a validator",
    "veraPDF returned no result for {claim}",
    "The file makes this claim in its metadata, but the validator did not report on it.",
    "Check that profile with veraPDF directly, or install a newer version of veraPDF",
)  # fmt: skip
HEADER = FindingKind(
    "PDF-110", Tells.RULE, "ISO 19005-1 6.1.2, ISO 19005-2 and -3 6.1.2",
    "the file header does not meet PDF/A: {reason}",
    "The first bytes are %PDF-1.n, and the second line is a comment with at least four bytes above 127.",
    _MAKE_AGAIN,
)  # fmt: skip
TRAILING_BYTES = FindingKind(
    "PDF-111", Tells.RULE, "ISO 19005-1, -2 and -3 6.1.3",
    "{count} bytes follow the end of the file (%%EOF)",
    "After the last %%EOF only one line end may follow.",
    _MAKE_AGAIN,
)  # fmt: skip
NO_IDENTIFIER = FindingKind(
    "PDF-112", Tells.RULE, "ISO 19005-1, -2 and -3 6.1.3",
    "the trailer has no ID",
    "Two byte strings in the trailer identify the file.",
    _MAKE_AGAIN,
)  # fmt: skip
ENCRYPTED = FindingKind(
    "PDF-113", Tells.NO_CLAIM, "ISO 19005-1, -2 and -3 6.1.3",
    "it is encrypted",
    "An encrypted file needs a key that may be lost. PDF/A forbids any encryption.",
    "Ask the depositor for an unencrypted copy",
)  # fmt: skip
BROKEN_XMP = FindingKind(
    "PDF-114", Tells.RULE, "ISO 19005-1 6.7.2, ISO 19005-2 and -3 6.6.2",
    "its XMP metadata cannot be read: {reason}",
    "The catalogue's metadata stream must be well-formed XMP, unfiltered in PDF/A-1.",
    _MAKE_AGAIN,
)  # fmt: skip
BROKEN_INTENT = FindingKind(
    "PDF-115", Tells.RULE, "ISO 19005-1 6.2.2, ISO 19005-2 and -3 6.2.3",
    "its output intent cannot be used: {reason}",
    "A PDF/A output intent contains an ICC profile; if there are several, they must contain the same one.",
    _MAKE_AGAIN,
)  # fmt: skip
DEVICE_COLOUR = FindingKind(
    "PDF-116", Tells.RULE, "ISO 19005-1 6.2.3, ISO 19005-2 and -3 6.2.4.3",
    "page {page} uses device colour ({operator}), but nothing defines that colour",
    "Device colours need an output intent or a default colour space.",
    _MAKE_AGAIN,
)  # fmt: skip
FONT_NOT_EMBEDDED = FindingKind(
    "PDF-117", Tells.RULE, "ISO 19005-1 6.3.4, ISO 19005-2 and -3 6.2.11.4",
    "fonts are used that are not embedded: {fonts}",
    "Without its font, text is shown in a different font or not at all.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_ACTION = FindingKind(
    "PDF-118", Tells.RULE, "ISO 19005-1 6.6.1, ISO 19005-2 and -3 6.5",
    "it contains actions that PDF/A forbids: {actions}",
    "Scripts, actions that start programs, sounds and films make a page depend on the viewer and the time of viewing.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_FORM = FindingKind(
    "PDF-119", Tells.RULE, "ISO 19005-1 6.9, ISO 19005-2 and -3 6.4",
    "its form is of a kind that PDF/A forbids: {reason}",
    "What a form shows must be stored in the file itself, not computed by a viewer.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_ATTACHMENT = FindingKind(
    "PDF-120", Tells.RULE, "ISO 19005-1 6.1.11, ISO 19005-3 6.8",
    "an attachment does not meet PDF/A: {reason}",
    "PDF/A-1 does not allow attachments; PDF/A-3 requires the relationship to the document and the media type of"
    " each.",
    _MAKE_AGAIN,
)  # fmt: skip
NOT_TAGGED = FindingKind(
    "PDF-121", Tells.RULE, "ISO 19005-1 6.8, ISO 19005-2 and -3 6.7, ISO 14289-1 6.2 and 7.1",
    "it claims {claims} but is not tagged: {reason}",
    "Level A and PDF/UA require that Marked is true and that the structure tree has content.",
    _MAKE_AGAIN,
)  # fmt: skip
NO_LANGUAGE = FindingKind(
    "PDF-122", Tells.RULE, "ISO 14289-1 7.2",
    "it claims PDF/UA but does not state a language",
    "Screen readers use the language in the catalogue's Lang entry.",
    _MAKE_AGAIN,
)  # fmt: skip
NO_TITLE = FindingKind(
    "PDF-123", Tells.RULE, "ISO 14289-1 7.1",
    "it claims PDF/UA but its title is not shown: {reason}",
    "PDF/UA requires dc:title in the metadata and DisplayDocTitle set to true.",
    _MAKE_AGAIN,
)  # fmt: skip
INFO_DIFFERS = FindingKind(
    "PDF-124", Tells.RULE, "ISO 19005-1 6.7.3",
    "the document information and the XMP metadata disagree: {fields}",
    "In PDF/A-1 both must have the same values.",
    _MAKE_AGAIN,
)  # fmt: skip
INFO_DIFFERS_LATER = FindingKind(
    "PDF-125", Tells.ADVICE, "ISO 19005-2 and -3 6.6.3",
    "the document information and the XMP metadata disagree: {fields}",
    "From PDF/A-2 on, the XMP metadata counts; a viewer may still show the other value.",
    "No action needed; make the file again if the wrong title or author would mislead readers",
)  # fmt: skip
FORBIDDEN_STREAM = FindingKind(
    "PDF-126", Tells.RULE, "ISO 19005-1 6.1.7 and 6.1.10, ISO 19005-2 and -3 6.1.7",
    "it contains streams that PDF/A forbids: {streams}",
    "LZW compression, encryption filters and streams in other files are not allowed.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_ANNOTATION = FindingKind(
    "PDF-127", Tells.RULE, "ISO 19005-1 6.5, ISO 19005-2 and -3 6.3",
    "it contains annotations that PDF/A forbids: {annotations}",
    "Sounds, films, screens and three-dimensional scenes are not allowed, nor are annotations that do not print.",
    _MAKE_AGAIN,
)  # fmt: skip
TRANSPARENCY = FindingKind(
    "PDF-128", Tells.RULE, "ISO 19005-1 6.4",
    "it claims PDF/A-1 but uses transparency: {where}",
    "PDF/A-1 is based on PDF 1.4 without transparency.",
    _MAKE_AGAIN,
)  # fmt: skip
LATER_FEATURE = FindingKind(
    "PDF-129", Tells.RULE, "ISO 19005-1 6.1.4 and 6.1.13",
    "it claims PDF/A-1 but uses a later feature: {feature}",
    "Optional content and cross-reference streams were introduced after PDF 1.4.",
    _MAKE_AGAIN,
)  # fmt: skip
PAGES_BROKEN = FindingKind(
    "PDF-130", Tells.RULE, "ISO 32000-1 7.7.3",
    "its page tree is broken: {reason}",
    "The page tree contains a loop, is too deep, or states a wrong number of pages.",
    "Obtain the file again; for details: qpdf --check FILE",
)  # fmt: skip
SCRIPTED = FindingKind(
    "PDF-140", Tells.NOTE, "ISO 32000-1 12.6.4.16",
    "it contains actions: {actions}",
    "The file can run an action when it is opened or clicked. No action was run during the check.",
    "Open it only in a viewer without scripts",
)  # fmt: skip
FORM = FindingKind(
    "PDF-141", Tells.NOTE, "ISO 32000-1 12.7",
    "it contains a form with {fields} fields",
    "The values that were filled in may be part of the evidence.",
    "No action needed",
)  # fmt: skip
SIGNED = FindingKind(
    "PDF-142", Tells.NOTE, "ISO 32000-1 12.8",
    "it contains {signatures} digital signatures",
    "The signatures were not verified. Any change to the file would break them.",
    "Verify them with a suitable tool: pdfsig FILE",
)  # fmt: skip
ATTACHMENTS = FindingKind(
    "PDF-143", Tells.NOTE, "ISO 32000-1 7.11.4",
    "it contains attached files: {names}",
    "Files inside the PDF are kept with it; their formats were not checked.",
    "No action needed; extract them if they should be preserved separately",
)  # fmt: skip
OUTVOTED = FindingKind(
    "PDF-144", Tells.ADVICE, "ISO 19005, ISO 14289, as veraPDF checks them",
    "veraPDF finds that {profiles} is met; a check of this program disagrees: {problem}",
    "veraPDF's result counts. The result of the program's own check is kept here, because a viewer may have the"
    " same problem.",
    "No action needed unless a viewer shows the file wrongly",
)  # fmt: skip
