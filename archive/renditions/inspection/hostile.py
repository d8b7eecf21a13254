"""What reading a damaged or hostile PDF may raise, and how deep and how far we go into one."""

from __future__ import annotations

import struct
import zlib

from pypdf.errors import PyPdfError

UNREADABLE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
MOST_OBJECTS = 400_000
MOST_CONTENT_BYTES = 24 << 20
DEEPEST = 60
