"""The command `archive`: one file a verb. Each parses, calls one function, shows one report and exits."""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    from archive.cli.app import run

    raise SystemExit(run())
