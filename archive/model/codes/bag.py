"""What is wrong with a bag: RFC 8493 and BagIt Profiles."""

from __future__ import annotations
