"""`archive repair`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from archive.cli.console import show, show_json
from archive.cli.holdings import open_current
from archive.cli.interrupting import heard_while_asking
from archive.cli.options import json_option, path_argument
from archive.errors import UsageError
from archive.formats.naming import escape
from archive.model.exits import Exit

if TYPE_CHECKING:
    from archive.library.reports import Repair


@click.command("repair")
@path_argument("bag", nargs=1)
@click.option(
    "--from",
    "copy",
    metavar="COPY",
    required=True,
    help="A copy of the bag: a holding, a place that has one, a folder, zip or tar, s3://, or PLACE:IDENTIFIER.",
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be replaced; write nothing.")
@json_option
def command(bag: str, copy: str, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Replace damaged or missing files of a bag by ones from a copy that prove themselves against both.

    The damaged files are kept in the folder of audit.quarantine, by default quarantine beside archive.toml. Nothing
    else is touched. BAG is a local folder; COPY may be anything that can be read.

    \b
    Example:
      archive repair bags/press-release --from /mnt/vault/press-release
      archive repair bags/press-release --from s3://vault/press-release.tar
    """
    from archive.library.ledger import Ledger

    def confirm(planned: Repair) -> bool:
        if not as_json:
            _show_plan(planned)
        return yes or _ask(len(planned.replaced), as_json)

    with open_current() as (opened, settings):
        made = Ledger(opened, settings).repair(bag, copy, dry_run=dry_run, confirm=confirm)
    replaced = len(made.replaced) if made.done else 0
    if as_json:
        show_json(made.to_dict())
    else:
        if dry_run or not made.replaced:
            _show_plan(made)
        _tell(len(made.damaged), replaced, made.kept, dry_run=dry_run)
    if len(made.replaced) < len(made.damaged) or (replaced < len(made.damaged) and not dry_run):
        return Exit.DAMAGED
    return Exit.NOT_CHECKED if made.unreadable else Exit.DONE


def _show_plan(planned: Repair) -> None:
    words = dict(planned.damaged)
    for path in planned.replaced:
        show(f"{words[path]}: {escape(path)} can be replaced")
    for path, reason in planned.refused:
        show(f"error: {escape(path)} cannot be replaced: {reason}")


def _ask(count: int, as_json: bool) -> bool:
    if as_json:
        raise UsageError("--json cannot ask questions", remedy="Add --yes")
    if not sys.stdin.isatty():
        raise UsageError("not a terminal, so cannot ask", remedy="Add --yes")
    with heard_while_asking():
        return click.confirm(f"Replace {count} {'file' if count == 1 else 'files'}?", default=False, err=True)


def _tell(wounds: int, replaced: int, kept: str | None, *, dry_run: bool) -> None:
    if not wounds:
        show("intact: no file is damaged or missing")
        return
    if dry_run:
        show("dry run: nothing was replaced")
        return
    show(f"replaced {replaced:,} of {wounds:,} files")
    if kept is not None:
        show(f"the damaged ones are kept in {escape(kept)}")
    if replaced < wounds:
        show("Next: archive repair BAG --from ANOTHER-COPY")
