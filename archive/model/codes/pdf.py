"""What is wrong with a PDF that claims to be PDF/A or PDF/UA."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_MAKE_AGAIN = "Make it again with a PDF/A writer, for example from its source: archive render FILE --to DIR"
_VERAPDF = "Install the judge: archive doctor --install verapdf"

UNREADABLE = FindingKind(
    "PDF-101", Tells.RULE, "ISO 32000-1 7.5",
    "it is no readable PDF: {reason}",
    "A PDF begins with %PDF-, has a cross-reference and a catalogue with at least one page. Here one of these is"
    " missing or cannot be read, so no viewer can be relied on to show it.",
    "Get the file again from where it came; `qpdf --check` tells more",
)  # fmt: skip
NO_CLAIM = FindingKind(
    "PDF-102", Tells.NO_CLAIM, "ISO 19005-1 6.7.11, ISO 19005-2 and -3 6.6.4; ISO 14289-1 5",
    "it does not claim to be PDF/A or PDF/UA",
    "A PDF/A or PDF/UA says so in its XMP metadata (pdfaid:part, pdfuaid:part). This one does not, so it is an ordinary"
    " PDF. Nothing is said against it as such.",
    "If a PDF/A is wanted: archive render FILE --to DIR",
)  # fmt: skip
NOT_VALIDATED = FindingKind(
    "PDF-103", Tells.UNREAD, "design: valid only with a validator",
    "it claims {claims}; this is not validated, because {reason}",
    "Our own checks found nothing against the claim, but they are a part of what the standard asks. Only veraPDF's"
    " verdict makes the word valid.",
    _VERAPDF,
)  # fmt: skip
REFUTED = FindingKind(
    "PDF-104", Tells.RULE, "ISO 19005, ISO 14289-1, as veraPDF checks them",
    "veraPDF says that {profile} is not met; {rules} rules fail, the first is {clause}: {description}",
    "The file says in its metadata that it keeps this standard, and the validator found that it does not.",
    _MAKE_AGAIN,
)  # fmt: skip
LIMIT = FindingKind(
    "PDF-105", Tells.UNREAD, "design: untrusted PDFs are read within limits",
    "it could not be examined: {reason}",
    "PDFs are read in a process of limited memory and time. This one took more, as damaged or hostile files do.",
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
    "veraPDF gave no verdict on {claim}",
    "The file makes this claim in its metadata and the validator did not speak about it.",
    "Ask veraPDF for that profile by hand, or use a newer one",
)  # fmt: skip
HEADER = FindingKind(
    "PDF-110", Tells.RULE, "ISO 19005-1 6.1.2, ISO 19005-2 and -3 6.1.2",
    "the file header is not as PDF/A wants it: {reason}",
    "The first bytes are %PDF-1.n, and the second line is a comment with at least four bytes above 127.",
    _MAKE_AGAIN,
)  # fmt: skip
TRAILING_BYTES = FindingKind(
    "PDF-111", Tells.RULE, "ISO 19005-1, -2 and -3 6.1.3",
    "{count} bytes stand after the end of the file (%%EOF)",
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
    "An encrypted file needs a key that may be lost; PDF/A forbids encryption of any kind.",
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
    "its output intent is not usable: {reason}",
    "A PDF/A output intent carries an ICC profile; several must carry the same.",
    _MAKE_AGAIN,
)  # fmt: skip
DEVICE_COLOUR = FindingKind(
    "PDF-116", Tells.RULE, "ISO 19005-1 6.2.3, ISO 19005-2 and -3 6.2.4.3",
    "page {page} uses device colour ({operator}) and nothing says what colour that is",
    "Device colours need an output intent or a default colour space.",
    _MAKE_AGAIN,
)  # fmt: skip
FONT_NOT_EMBEDDED = FindingKind(
    "PDF-117", Tells.RULE, "ISO 19005-1 6.3.4, ISO 19005-2 and -3 6.2.11.4",
    "fonts are used that are not embedded: {fonts}",
    "Without its font a text is shown in another, or not at all.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_ACTION = FindingKind(
    "PDF-118", Tells.RULE, "ISO 19005-1 6.6.1, ISO 19005-2 and -3 6.5",
    "it holds actions that PDF/A forbids: {actions}",
    "Scripts, launching programs, sounds and films make a page depend on the viewer and on the day.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_FORM = FindingKind(
    "PDF-119", Tells.RULE, "ISO 19005-1 6.9, ISO 19005-2 and -3 6.4",
    "its form is of a sort that PDF/A forbids: {reason}",
    "What a form shows must stand in the file itself, not be computed by a viewer.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_ATTACHMENT = FindingKind(
    "PDF-120", Tells.RULE, "ISO 19005-1 6.1.11, ISO 19005-3 6.8",
    "an attachment is not as PDF/A wants it: {reason}",
    "PDF/A-1 allows no attachment; PDF/A-3 wants each with its relationship to the document and its media type.",
    _MAKE_AGAIN,
)  # fmt: skip
NOT_TAGGED = FindingKind(
    "PDF-121", Tells.RULE, "ISO 19005-1 6.8, ISO 19005-2 and -3 6.7, ISO 14289-1 6.2 and 7.1",
    "it claims {claims} but is not tagged: {reason}",
    "Level A and PDF/UA need Marked to be true and a structure tree with content.",
    _MAKE_AGAIN,
)  # fmt: skip
NO_LANGUAGE = FindingKind(
    "PDF-122", Tells.RULE, "ISO 14289-1 7.2",
    "it claims PDF/UA but names no language",
    "The catalogue's Lang is what a screen reader reads by.",
    _MAKE_AGAIN,
)  # fmt: skip
NO_TITLE = FindingKind(
    "PDF-123", Tells.RULE, "ISO 14289-1 7.1",
    "it claims PDF/UA but its title is not shown: {reason}",
    "PDF/UA needs dc:title in the metadata and DisplayDocTitle true.",
    _MAKE_AGAIN,
)  # fmt: skip
INFO_DIFFERS = FindingKind(
    "PDF-124", Tells.RULE, "ISO 19005-1 6.7.3",
    "the document information and the XMP metadata disagree: {fields}",
    "In PDF/A-1 both must say the same.",
    _MAKE_AGAIN,
)  # fmt: skip
INFO_DIFFERS_LATER = FindingKind(
    "PDF-125", Tells.ADVICE, "ISO 19005-2 and -3 6.6.3",
    "the document information and the XMP metadata disagree: {fields}",
    "From PDF/A-2 on the XMP metadata count; a viewer may still show the other.",
    "Nothing is broken; make it again if the wrong title or author would mislead",
)  # fmt: skip
FORBIDDEN_STREAM = FindingKind(
    "PDF-126", Tells.RULE, "ISO 19005-1 6.1.7 and 6.1.10, ISO 19005-2 and -3 6.1.7",
    "it holds streams that PDF/A forbids: {streams}",
    "LZW compression, encryption filters and streams in other files are not allowed.",
    _MAKE_AGAIN,
)  # fmt: skip
FORBIDDEN_ANNOTATION = FindingKind(
    "PDF-127", Tells.RULE, "ISO 19005-1 6.5, ISO 19005-2 and -3 6.3",
    "it holds annotations that PDF/A forbids: {annotations}",
    "Sounds, films, screens and three-dimensional scenes are not allowed, nor annotations that do not print.",
    _MAKE_AGAIN,
)  # fmt: skip
TRANSPARENCY = FindingKind(
    "PDF-128", Tells.RULE, "ISO 19005-1 6.4",
    "it claims PDF/A-1 but uses transparency: {where}",
    "PDF/A-1 rests on PDF 1.4 without transparency.",
    _MAKE_AGAIN,
)  # fmt: skip
LATER_FEATURE = FindingKind(
    "PDF-129", Tells.RULE, "ISO 19005-1 6.1.4 and 6.1.13",
    "it claims PDF/A-1 but uses what came later: {feature}",
    "Optional content and cross-reference streams came after PDF 1.4.",
    _MAKE_AGAIN,
)  # fmt: skip
PAGES_BROKEN = FindingKind(
    "PDF-130", Tells.RULE, "ISO 32000-1 7.7.3",
    "its page tree is broken: {reason}",
    "The tree of pages runs in a circle, is too deep, or says another number of pages than it has.",
    "Get the file again from where it came; `qpdf --check` tells more",
)  # fmt: skip
SCRIPTED = FindingKind(
    "PDF-140", Tells.NOTE, "ISO 32000-1 12.6.4.16",
    "it holds actions: {actions}",
    "The file can do something when it is opened or clicked. Nothing of it was run here.",
    "Look at it only in a viewer without scripts",
)  # fmt: skip
FORM = FindingKind(
    "PDF-141", Tells.NOTE, "ISO 32000-1 12.7",
    "it holds a form with {fields} fields",
    "What was filled in may be part of the evidence.",
    "Nothing to do",
)  # fmt: skip
SIGNED = FindingKind(
    "PDF-142", Tells.NOTE, "ISO 32000-1 12.8",
    "it holds {signatures} digital signatures",
    "The signatures were not verified. Any change to the file would break them.",
    "Verify them with a tool made for it, for example pdfsig",
)  # fmt: skip
ATTACHMENTS = FindingKind(
    "PDF-143", Tells.NOTE, "ISO 32000-1 7.11.4",
    "it holds attached files: {names}",
    "Files inside the PDF are kept with it; their formats were not looked at.",
    "Nothing to do; extract them if they should be preserved on their own",
)  # fmt: skip
OUTVOTED = FindingKind(
    "PDF-144", Tells.ADVICE, "ISO 19005, ISO 14289, as veraPDF checks them",
    "veraPDF finds {profiles} met; a check of this program differs: {problem}",
    "veraPDF's verdict counts. What this program's own checks found is kept here, since a viewer may object to it too.",
    "Nothing to do, unless a viewer shows the file wrongly",
)  # fmt: skip
