"""`archive schedule`."""

from __future__ import annotations

import os

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.errors import UsageError
from archive.formats.naming import escape


@click.command("schedule")
@click.option("--weekly", "rhythm", flag_value="weekly", help="Weekly, early on Sunday morning.")
@click.option("--daily", "rhythm", flag_value="daily", help="Every night.")
@click.option("--monthly", "rhythm", flag_value="monthly", help="On the first night of each month.")
@click.option("--cron", is_flag=True, help="A line for cron instead of a systemd timer.")
@click.option("--install", is_flag=True, help="Write the systemd units for this user instead of printing them.")
@click.option("--budget", metavar="2h|500GB", help="Passed on to the audit.")
@click.option("--notify", is_flag=True, help="Passed on to the audit: one summary per run.")
@json_option
def command(rhythm: str | None, budget: str | None, notify: bool, **given: bool) -> int:
    """Print, or install, the timer that runs the audit regularly.

    Each project has its own timer, named after its folder. With --notify the service also sends an alert when it fails
    (OnFailure=); `archive notify --test` shows whether alerts arrive. The mail password comes from a file that only you
    can read; it is created with the value of ARCHIVE_SMTP_PASSWORD. A user's timers stop at logout, unless `loginctl
    enable-linger` was run once. Where [seal] trust is set, seals that wait for stamps are completed before the audit.

    You also notice when audits do not run: `archive audit status` exits with 4 when files are overdue.

    \b
    Example:
      archive schedule --weekly --budget 4h --notify
      archive schedule --monthly --install --notify
    """
    from archive.stages.auditing.schedule import plan_timer, units_folder
    from archive.stages.auditing.timer import install_units, keep_secrets

    if rhythm is None:
        raise UsageError("no interval is given", remedy="Add --daily, --weekly or --monthly")
    cron, install = given["cron"], given["install"]
    if cron and install:
        raise UsageError("--install writes systemd units", remedy="Add the line that --cron prints with crontab -e")
    timer = plan_timer(current_settings(), rhythm, os.environ, budget=budget or "", notify=notify, cron=cron)
    secrets = timer.secrets
    written = install_units(timer, units_folder(os.environ)) if install else []
    password = os.environ.get("ARCHIVE_SMTP_PASSWORD", "")
    fresh = install and notify and keep_secrets(secrets, password)
    if given["as_json"]:
        from archive.reporting.schedule import schedule_document

        show_json(schedule_document(timer, cron=cron, password_file=secrets, written=written))
        return 0
    if cron:
        show(timer.cron_line().rstrip("\n"))
    elif install:
        for path in written:
            show(f"wrote {escape(path)}")
        if fresh and password:
            show(f"wrote {escape(secrets)} with the mail password of this session; only you can read it")
        elif notify:
            show(f"{'wrote' if fresh else 'kept'} {escape(secrets)}; the mail password must be in it")
        show(f"Next: systemctl --user daemon-reload && systemctl --user enable --now {timer.name}.timer")
        show("      loginctl enable-linger    # so that the timer also runs while you are not logged in")
    else:
        show(f"# {timer.name}.service\n{timer.service()}\n# {timer.name}.timer\n{timer.timer()}".rstrip("\n"))
        if timer.alarm:
            show(f"\n# {timer.name}-failed.service\n{timer.failure()}".rstrip("\n"))
    return 0
