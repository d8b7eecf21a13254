"""What the properties of Outlook's items are called (MS-OXPROPS), and which of them people read."""

from __future__ import annotations

from archive.renditions.readers.mapi import BODY, HEADERS, HTML, RTF, SUBJECT, Property

RECIPIENTS = {1: "To", 2: "Cc", 3: "Bcc"}
METHODS = {
    0: "not in it", 2: "only a reference to a file", 3: "only a reference to a file", 4: "only a reference to a file",
    5: "a message that cannot be read", 6: "an embedded object", 7: "only a reference to a file",
}  # fmt: skip
"""What an attachment without content is, by PidTagAttachMethod (MS-OXCMSG 2.2.2.9)."""

NAMES = {
    0x001A: "Message class", 0x0017: "Importance", 0x0036: "Sensitivity", 0x0029: "Read receipt asked for",
    0x0023: "Delivery receipt asked for", 0x0E06: "Received", 0x3007: "Created", 0x3008: "Last changed",
    0x0070: "Topic of the conversation", 0x0050: "Names for answers", 0x0040: "Received by", 0x0044: "Received for",
    0x0E04: "Displayed recipients", 0x0E03: "Displayed recipients of copies", 0x0E02: "Displayed hidden recipients",
    0x0E1D: "Subject without its prefix", 0x003D: "Prefix of the subject", 0x3FF8: "Created by",
    0x3FFA: "Last changed by", 0x1090: "Flag", 0x000F: "Deferred until", 0x0015: "Expires",
    0x0060: "Start", 0x0061: "End", 0x0048: "Answer by", 0x3001: "Display name", 0x3002: "Address type",
    0x3003: "Address", 0x3004: "Comment", 0x3A06: "Given name", 0x3A11: "Surname", 0x3A16: "Company", 0x3A17: "Title",
    0x3A18: "Department", 0x3A08: "Business telephone", 0x3A09: "Home telephone", 0x3A1C: "Mobile telephone",
    0x3A24: "Business fax", 0x3A15: "Postal address", 0x3A27: "City", 0x3A26: "Country", 0x3A28: "State",
    0x3A29: "Street", 0x3A2A: "Postal code", 0x3A42: "Birthday", 0x3A44: "Middle name", 0x3A45: "Title of honour",
    0x3A05: "Generation", 0x3A4F: "Nickname", 0x3A51: "Web page", 0x1046: "Original message ID",
    0x1043: "Help on the list", 0x1044: "Subscribing to the list", 0x1045: "Leaving the list",
    0x10F3: "Address of the item",
}  # fmt: skip
_LIDS = {
    "0x8005": "Work address", "0x801A": "Home address", "0x801B": "Work address", "0x801C": "Other address",
    "0x8080": "E-mail 1, display name", "0x8083": "E-mail 1", "0x8084": "E-mail 1, original name",
    "0x8090": "E-mail 2, display name", "0x8093": "E-mail 2", "0x80A0": "E-mail 3, display name", "0x80A3": "E-mail 3",
    "0x8104": "Task begins", "0x8105": "Task is due", "0x810F": "Task was finished", "0x811F": "Task's owner",
    "0x8208": "Place", "0x820D": "Begins", "0x820E": "Ends", "0x8232": "Recurs", "0x8234": "Time zone",
    "0x8238": "All attendees", "0x823B": "Attendees", "0x823C": "Optional attendees", "0x8502": "Reminder",
    "0x8503": "Reminder is set", "0x8506": "Private", "0x8516": "Common start", "0x8517": "Common end",
    "0x8530": "Flag",
    "0x8539": "Companies", "0x853A": "Contacts", "0x8554": "Version of Outlook", "0x8560": "Reminder signals at",
    "0x8580": "Account", "0x85A0": "Ordered for today", "0x85A4": "Flag text",
}  # fmt: skip
"""Named properties by their long identifiers (MS-OXPROPS 2)."""
TECHNICAL_NAMES = frozenset({
    "0x8501", "0x8510", "0x8514", "0x8518", "0x8552", "0x8571", "0x8582", "0x8596", "0x859C", "0x85B5", "0x85BF",
})  # fmt: skip
"""Named properties that only programs read: versions, side effects of opening, sizes of windows."""

CHOICES = {
    0x0017: {0: "low", 1: "", 2: "high"},
    0x0036: {0: "", 1: "personal", 2: "private", 3: "confidential"},
    0x0029: {0: "", 1: "yes"},
    0x0023: {0: "", 1: "yes"},
    0x1090: {0: "", 1: "done", 2: "flagged"},
}
"""Numbers that are a choice among words; "" for what is usual and is not said."""
SHOWN_TIMES = frozenset({0x0E06, 0x3007, 0x3008, 0x000F, 0x0015, 0x0060, 0x0061, 0x0048, 0x3A42})

HANDLED = frozenset({
    SUBJECT, BODY, HTML, RTF, HEADERS, 0x0C1A, 0x5D01, 0x0C1F, 0x0042, 0x5D02, 0x0065, 0x0039, 0x1035, 0x1042, 0x1039,
    0x3FFD, 0x3FDE,
})  # fmt: skip
"""Properties that are drawn in places of their own."""
TECHNICAL = frozenset({
    0x0E07, 0x0E08, 0x0E17, 0x0E1B, 0x0E23, 0x0E2D, 0x0E2F, 0x0E79, 0x0FF4,
    0x0FF6, 0x0FF7, 0x0FFE, 0x0FFF, 0x300B, 0x3014, 0x340D, 0x340F, 0x3FF1, 0x3FF9, 0x3FFB, 0x3FEA, 0x3FDF, 0x3FE3,
    0x0002, 0x0026, 0x0057, 0x0058, 0x0059, 0x005A, 0x0063, 0x0071, 0x0C06, 0x0C08, 0x0C17, 0x0C19, 0x0C1D, 0x0C1E,
    0x0C25, 0x003B, 0x003F, 0x0041, 0x0043, 0x004C, 0x0051, 0x0052, 0x0053, 0x0064, 0x0075, 0x0076, 0x0077, 0x0078,
    0x005B, 0x005C, 0x005D, 0x0E01, 0x0E05, 0x0E09, 0x0E0A, 0x0E12, 0x0E13, 0x0E1F, 0x0E28, 0x0E29, 0x0E62, 0x1006,
    0x1007, 0x1008, 0x1010, 0x1011, 0x1016, 0x1080, 0x1081, 0x10F4, 0x10F5, 0x10F6, 0x3010, 0x3013, 0x3016, 0x35E0,
    0x4019, 0x401A, 0x4022, 0x4023, 0x4024, 0x4025, 0x4030, 0x4031, 0x4034, 0x4035, 0x4038, 0x4039, 0x403A, 0x5902,
    0x5909, 0x59FF, 0x65C6, 0x65E2, 0x65E3, 0x66A1, 0x6740, 0x6741, 0x0E4B, 0x0E4C, 0x0E4D, 0x0E4E, 0x0E5D, 0x120B,
    0x1213, 0x1214, 0x1215, 0x0C20, 0x0C24, 0x800B, 0x5D07, 0x5D08, 0x5D0A, 0x5D0B,
})  # fmt: skip
"""Identifiers of stores, flags, sizes, types of addresses, and copies of what is drawn: only programs read them."""

COPIES = frozenset({0x0E04, 0x0E03, 0x0E02, 0x0E1D, 0x003D, 0x0070, 0x3001})
"""Properties that repeat parts of others, and are drawn only where they do not."""
USUAL_CLASSES = frozenset({"IPM.Note", "IPM.Microsoft Mail.Note", "IPM"})


def name_of(one: Property) -> str:
    """What a property is called: its name in words, its own name, or its number."""
    if one.name:
        return _LIDS.get(one.name, one.name if not one.name.startswith("0x") else f"property {one.name}")
    return NAMES.get(one.number) or f"property 0x{one.number:04X}"
