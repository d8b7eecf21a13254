"""How an RO-Crate says that it is a bag with one file more, so that an import can put the bag together again."""

from __future__ import annotations

ADDED_TO_BAG = "#bag-before-export"
"""The entity that ro-crate-metadata.json names, by isBasedOn, as what it was added to."""
