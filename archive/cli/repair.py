"""`archive repair`."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from archive.cli.console import show, show_json
from archive.cli.exits import Exit
from archive.cli.holdings import only_one, open_current
from archive.cli.options import json_option, path_argument
from archive.errors import NotFoundError, UsageError
from archive.formats.naming import escape, path_fields
from archive.ledger.book import Ledger
from archive.model.audit import Holding


@click.command("repair")
@path_argument("bag", nargs=1)
@click.option(
    "--from",
    "copy",
    metavar="COPY",
    required=True,
    help="A copy of the bag: a holding, a location that has one, a folder, zip or tar, or s3://.",
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
def command(bag: str, copy: str, yes: bool, as_json: bool) -> int:
    """Replace damaged or missing files of a bag by ones from a copy that prove themselves against both.

    The damaged files are kept beside the bag, in BAG.damaged-TIME. Nothing else is touched. BAG is a local folder;
    COPY may be anything that can be read.

    \b
    Example:
      archive repair bags/press-release --from /mnt/vault/press-release
      archive repair bags/press-release --from s3://vault/press-release.tar
    """
    from archive.stages.auditing.holding import reach
    from archive.stages.auditing.places import location_options, split_address
    from archive.stages.auditing.recheck import recheck
    from archive.stages.auditing.repair import plan_repair, repair
    from archive.storage.clock import system_clock

    with open_current() as (ledger, settings):
        holding = only_one(ledger, bag)
        source = _find_copy(ledger, holding, copy)
        for address in (holding.address, source):
            reach(ledger, settings, address)
        options = location_options(settings, split_address(source, settings, None)[0])
        plan = plan_repair(ledger, holding, source, options, lambda _count: None)
        refused = [(wound.item.path, wound.proof) for wound in plan.wounds if wound.proof is not None]
        if not as_json:
            for wound in plan.ready:
                show(f"{wound.outcome.word}: {escape(wound.item.path)} can be replaced")
            for path, proof in refused:
                show(f"error: {escape(path)} cannot be replaced: {proof}")
        kept = None
        done = bool(plan.ready) and (yes or _ask(len(plan.ready), as_json))
        if done or (plan.unfinished and not plan.ready):
            kept = repair(ledger, plan, options, system_clock())
            recheck(ledger, holding, options=location_options(settings, holding.location), clock=system_clock())
    if as_json:
        show_json({
            "schema": "archive.repair/1", **path_fields(holding.address, "holding"), **path_fields(source, "copy"),
            "replaced": [path_fields(wound.item.path) for wound in plan.ready] if done else [],
            "refused": [{**path_fields(path), "reason": proof} for path, proof in refused],
            "unreadable": [path_fields(path) for path in plan.unreadable],
            "kept": None if kept is None else path_fields(kept),
        })  # fmt: skip
    else:
        _tell(len(plan.wounds), len(plan.ready) if done else 0, kept)
    if len(plan.ready if done else ()) < len(plan.wounds):
        return Exit.DAMAGED
    return Exit.NOT_CHECKED if plan.unreadable else Exit.DONE


def _find_copy(ledger: Ledger, holding: Holding, text: str) -> str:
    """The address of the copy that `text` names: a holding, a location of the ledger that holds one, or a path or URL.

    Raises `UsageError`, `NotFoundError`.
    """
    from archive.ledger.holdings import copies_of, find_holdings, list_locations
    from archive.stages.auditing.places import absolute_address

    absolute = absolute_address(text, "")
    if absolute == holding.address or text == str(holding.id):
        raise UsageError("a bag cannot be repaired from itself", subject=holding.address)
    found: list[str] = []
    with suppress(NotFoundError):
        found = [one.address for one in find_holdings(ledger, text, absolute=absolute) if one.id != holding.id]
    if not found and any(place.name == text for place in list_locations(ledger)):
        found = [one.address for one in copies_of(ledger, holding) if one.location == text]
        if not found:
            raise NotFoundError(
                "no copy of this bag is held in the location", subject=text, remedy="See archive holdings list"
            )
    if len(found) > 1:
        raise UsageError(f"several copies have this name: {', '.join(found)}", subject=text, remedy="Give a whole path")
    return found[0] if found else absolute


def _ask(count: int, as_json: bool) -> bool:
    if as_json:
        raise UsageError("with --json nobody can be asked", remedy="Add --yes")
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here", remedy="Add --yes")
    return click.confirm(f"Replace {count} {'file' if count == 1 else 'files'}?", default=False, err=True)


def _tell(wounds: int, replaced: int, kept: str | None) -> None:
    if not wounds:
        show("intact: no file is damaged or missing")
        return
    show(f"replaced {replaced:,} of {wounds:,} files")
    if kept is not None:
        show(f"the damaged ones are kept in {escape(kept)}")
    if replaced < wounds:
        show("next: archive repair BAG --from ANOTHER-COPY")
