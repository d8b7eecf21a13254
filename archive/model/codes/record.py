"""What is wrong with an XML record: PREMIS, Dublin Core, METS."""

from __future__ import annotations
