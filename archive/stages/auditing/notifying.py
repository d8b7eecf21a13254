"""One summary a run, by mail and to a webhook; its subject is the verdict."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from urllib.parse import urlsplit

from archive.errors import StorageError, UsageError
from archive.formats.naming import escape
from archive.model.audit import AuditReport
from archive.settings import NotifySettings

SECONDS = 30
MOST = 50


def notify(settings: NotifySettings, report: AuditReport, environ: Mapping[str, str]) -> None:
    """Send the summary of a run to everybody that the settings name.

    Raises `UsageError` when they name nobody, `StorageError` when a server refuses: the audit itself is done then.
    """
    if not settings.mail_to and not settings.webhook:
        raise UsageError("nobody is to be notified", remedy="Set mail_to or webhook under [notify] in archive.toml")
    if settings.mail_to:
        _send_mail(settings, report, environ.get("ARCHIVE_SMTP_PASSWORD", ""))
    if settings.webhook:
        _call_webhook(settings.webhook, report)


def summarise(report: AuditReport) -> str:
    """The summary's text: the verdict, then what needs attention."""
    lines = [escape(report.verdict), ""]
    lines += [f"- {escape(finding.message)} [{finding.code}]" for finding in report.findings[:MOST]]
    if len(report.findings) > MOST:
        lines.append(f"... and {len(report.findings) - MOST:,} more")
    remedies = dict.fromkeys(finding.kind.remedy for finding in report.findings)
    return "\n".join([*lines, *(f"next: {remedy}" for remedy in remedies)]) + "\n"


def _send_mail(settings: NotifySettings, report: AuditReport, password: str) -> None:
    message = EmailMessage()
    message["Subject"] = " ".join(escape(report.verdict).split())[:200]
    message["To"] = ", ".join(settings.mail_to)
    message.set_content(summarise(report))
    send_message(settings, message, password)


def send_message(settings: NotifySettings, message: EmailMessage, password: str) -> None:
    """Send a message by the mail server and from the sender of [notify].

    Raises `UsageError` when these are not set, `StorageError` when the server refuses.
    """
    if not settings.smtp_host or not settings.mail_from:
        raise UsageError("a mail needs a server and a sender", remedy="Set smtp_host and mail_from under [notify]")
    message["From"] = settings.mail_from
    host, _colon, port = settings.smtp_host.partition(":")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if settings.smtp_user:
                if not server.has_extn("auth") or not isinstance(server.sock, ssl.SSLSocket):
                    raise UsageError("the mail server offers no safe way to log in", subject=host)
                server.login(settings.smtp_user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise StorageError(f"the message could not be mailed: {words}", subject=host) from error


def _call_webhook(url: str, report: AuditReport) -> None:
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError("a webhook is an http or https address", subject=url[:60])
    document = {
        "schema": "archive.notice/1", "subject": escape(report.verdict), "outcome": report.outcome.value,
        "run": report.run, "files": report.files, "bytes": report.bytes, "text": summarise(report),
    }  # fmt: skip
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        url, json.dumps(document).encode("ascii"), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return
    except OSError as error:
        host = urlsplit(url).hostname
        raise StorageError(f"the webhook did not take the summary: {type(error).__name__}", subject=host) from error
