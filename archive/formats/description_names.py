"""The names of the files that describe a source; apart from what reads them, which loads much more."""

from __future__ import annotations

TOML_NAME = "description.toml"
CSV_NAME = "metadata.csv"
