"""`archive watch`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from archive.cli.console import progress_for, show, show_json, warn
from archive.cli.options import (
    clean_partial_option,
    current_settings,
    engine_option,
    json_option,
    passphrase_option,
    path_argument,
    quiet_option,
    scheduler_option,
    strict_option,
    to_option,
    trust_option,
    workers_option,
)
from archive.errors import ArchiveError, UsageError
from archive.formats.naming import escape
from archive.model.exits import gravest

if TYPE_CHECKING:
    from archive.cli.batches import BatchEnd, Wishes
    from archive.model.batch import BagResult
    from archive.stages.creation.batch import BatchPlan
    from archive.stages.creation.watching import Watch, WatchRound


@click.command("watch")
@path_argument("folder", nargs=1)
@to_option
@click.option("--once", is_flag=True, help="Make bags of what has arrived, then exit: for cron.")
@click.option(
    "--seconds", type=click.IntRange(1), metavar="N", help="An arrival is complete when unchanged for this long."
)
@click.option("--done", metavar="DIR", help="Move each source here once its bag is there; by default it stays.")
@click.option("--plain", is_flag=True, help="Only bags: no metadata, no rendition.")
@click.option("--pdfa", type=click.Choice(["3a", "2a", "none"]), help="Level of the PDF/A rendition.")
@click.option("--hold", is_flag=True, help="Add the bags to the holdings of the project, so that audits check them.")
@click.option("--seal", "keys", multiple=True, metavar="KEY", help="Seal the bags with this key.")
@click.option(
    "--tsa", "urls", multiple=True, metavar="URL", help="With --seal: request timestamps from this authority."
)
@trust_option
@passphrase_option
@clean_partial_option
@workers_option
@engine_option
@scheduler_option
@json_option
@quiet_option
@strict_option
def command(folder: str, to: str, **given: Any) -> int:
    """Make a bag of each file and folder that arrives in FOLDER.

    An arrival is complete when its names, sizes and times stay the same for [watch] settle_seconds (60) and it contains
    no file that is still being written, such as one that ends in .part or .crdownload. Hidden names are ignored. The
    folder is watched until Ctrl-C. A failure is reported once and tried again when the source changes or after an hour.
    A source that changes after its bag was made is reported; its bag stays as it is.

    \b
    Example:
      archive watch /srv/dropbox --to bags --hold
      archive watch /srv/dropbox --to bags --done /srv/dropbox/done --once
    """
    from archive.cli.batches import Wishes
    from archive.cli.holdings import require_ledger
    from archive.cli.seal import order_of_new
    from archive.stages.creation.batch import BatchPlan
    from archive.stages.creation.watching import Watch, check_places
    from archive.storage.clock import system_clock

    once, as_json, done = given["once"], given["as_json"], given["done"]
    if as_json and not once:
        raise UsageError("--json prints one document at the end, and a watch has none", remedy="Add --once")
    check_places(folder, to, done)
    settings = (
        current_settings()
        .with_flags("render", pdfa=given["pdfa"])
        .with_flags("watch", settle_seconds=given["seconds"])
        .with_flags("audit", **{name: given[name] for name in ("workers", "engine", "scheduler")})
    )
    settings.require("audit.engine", "audit.workers", "audit.scheduler")
    packed = bool(settings.create.serialize)
    order = order_of_new(given["keys"], given["urls"], given["trust"], given["passphrase_fd"], settings, packed=packed)
    if given["hold"]:
        require_ledger(settings)
    clean = given["clean_partial"]
    plan = BatchPlan(to, settings, system_clock(), plain=given["plain"], clean_partial=clean)
    wishes = Wishes(settings, given["hold"], order, given["strict"])
    watch = Watch(folder, settings.watch.settle_seconds, () if done is None else (done,))
    if not once:
        show(f"watching {escape(watch.folder)}; Ctrl-C ends it")
    codes = []
    for one in watch.rounds(once=once):
        codes.append(_carry_out(watch, one, plan, wishes, done=done, once=once, quiet=given["quiet"], as_json=as_json))
    return gravest(codes)


def _carry_out(
    watch: Watch, one: WatchRound, plan: BatchPlan, wishes: Wishes, *, done: str | None, once: bool, quiet: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Make the bags of one round and tell what is new: the exit code."""
    from archive.cli.batches import make_batch, show_batch
    from archive.reporting.batch import batch_document
    from archive.reporting.watching import waiting_lines, watch_document
    from archive.stages.creation.batch import order_each

    if not as_json:
        for line in waiting_lines(one.waiting if once else one.told):
            show(line)
    orders, failed = order_each(one.ready)
    try:
        end = make_batch(orders, failed, plan, wishes, progress_for(quiet=quiet or as_json))
    except ArchiveError as error:
        if once:
            raise
        for path in one.ready:
            watch.note(path, str(error))
        warn(str(error))
        return 0
    finished = [result.order.source for result in end.results if done is not None and end.is_done(result)]
    moved, problems = watch.move_all(finished, done or "")
    news = [result for result in end.results if _is_news(watch, result, end)]
    for problem in problems:
        warn(str(problem))
    code = gravest([end.exit_code, *(problem.exit_code for problem in problems)])
    if as_json:
        creations = batch_document(end.results, end.codes, end.exit_code, end.entries, end.seals)
        show_json(watch_document(creations, one.waiting, moved, code))
    elif news or once:
        shown = tuple(news) if not once else end.results
        if shown:
            codes = tuple(end.codes[end.results.index(result)] for result in shown)
            show_batch(replace(end, results=shown, codes=codes), plan.settings, as_json=False)
        elif not one.waiting:
            show("Nothing to do: nothing has arrived")
    return code


def _is_news(watch: Watch, result: BagResult, end: BatchEnd) -> bool:
    """Note what came of a source; True where that is to be told."""
    problem = "" if end.is_done(result) else str(result.error or result.state.value)
    return watch.note(result.order.source, problem) and (bool(problem) or result.report is not None)
