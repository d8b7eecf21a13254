"""`archive notify`."""

from __future__ import annotations

import os

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.errors import UsageError
from archive.model.exits import gravest
from archive.model.notice import Delivery


@click.command("notify")
@click.option("--test", is_flag=True, help="Send a test to everyone listed under [notify], and ping the heartbeat.")
@click.option(
    "--failure", metavar="UNIT", help="Report that this systemd unit failed, unless its own summary was sent."
)
@json_option
def command(*, test: bool, failure: str | None, as_json: bool) -> int:
    """Check that alerts arrive, or send the alert of a scheduled audit that failed.

    Audits send their summaries themselves, with `archive audit --notify`. The units of `archive schedule --notify` run
    `archive notify --failure` when an audit crashed or was killed and could not send anything. An audit that does not
    run at all sends nothing either: set `heartbeat` under [notify] to the address of a service that alerts you when
    pings stop.

    \b
    Example:
      archive notify --test
    """
    from archive.reporting.notifying import deliveries_document, deliveries_text
    from archive.stages.auditing.notices import notice_of_failure, notice_of_test
    from archive.stages.auditing.notifying import deliver, ping, was_told

    if test == (failure is not None):
        raise UsageError("give either --test or --failure UNIT", remedy="Try it: archive notify --test")
    settings = current_settings()
    settings.require("notify")
    told = failure is not None and was_told(settings.folder, os.environ)
    done: list[Delivery] = []
    if failure is None:
        done = [*deliver(settings.notify, notice_of_test(settings), os.environ), *ping(settings.notify)]
    elif not told:
        done = deliver(settings.notify, notice_of_failure(settings, failure, os.environ), os.environ)
    code = gravest(one.error.exit_code for one in done if one.error is not None)
    if as_json:
        show_json(deliveries_document(done, code, told_before=told))
    else:
        show("Nothing to send: the audit sent its summary itself" if told else deliveries_text(done))
    return code
