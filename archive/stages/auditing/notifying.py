"""Telling people, by mail and by a webhook, and pinging the dead man's switch that misses an audit that did not run."""

from __future__ import annotations

import contextlib
import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import default
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from archive.errors import ArchiveError, StorageError, UsageError
from archive.model.audit import AuditReport
from archive.model.notice import Delivery, Notice
from archive.project_file import configuration_folder, record_path
from archive.settings import NotifySettings, Settings
from archive.stages.auditing.notices import notice_of_audit
from archive.storage.atomic import write_output

SECONDS = 30
_ONE_LINE = default.clone(max_line_length=400)
"""Subjects and commands stay on one line (RFC 5322 2.1.1 allows 998 characters): they are to be read and pasted."""


def notify(settings: Settings, report: AuditReport, environ: Mapping[str, str]) -> list[Delivery]:
    """Send the summary of a run to all that [notify] names, then ping the heartbeat: what became of each.

    The heartbeat is pinged only after a run that was made and of which every recipient was told: silence is the alarm.
    Raises `UsageError` when no recipient is named.
    """
    done = deliver(settings.notify, notice_of_audit(settings, report), environ)
    if any(one.error is not None for one in done):
        return done
    remember_told(settings.folder, environ)
    return [*done, *ping(settings.notify)] if report.run else done


def deliver(settings: NotifySettings, notice: Notice, environ: Mapping[str, str]) -> list[Delivery]:
    """Send a notice to every recipient; one that cannot be reached does not stop the others.

    Raises `UsageError` when no recipient is named.
    """
    if not (settings.mail_to or settings.webhook or settings.heartbeat):
        raise UsageError(
            "no one to notify is configured", remedy="Set mail_to or webhook under [notify] in archive.toml"
        )
    done = []
    if settings.mail_to:
        password = environ.get("ARCHIVE_SMTP_PASSWORD", "")
        done.append(_try("mail", ", ".join(settings.mail_to), lambda: _send_mail(settings, notice, password)))
    if settings.webhook:
        host = urlsplit(settings.webhook).hostname or ""
        done.append(_try("webhook", host, lambda: _call_webhook(settings.webhook, notice)))
    return done


def ping(settings: NotifySettings) -> list[Delivery]:
    """Ping the dead man's switch, where one is set."""
    if not settings.heartbeat:
        return []
    host = urlsplit(settings.heartbeat).hostname or ""
    return [_try("heartbeat", host, lambda: _request(settings.heartbeat, None, "the heartbeat was not taken"))]


def remember_told(folder: str, environ: Mapping[str, str]) -> None:
    """Remember that people were told of what systemd runs now: `archive notify --failure` does not repeat it then."""
    invocation = environ.get("INVOCATION_ID", "")
    if invocation:
        path = _told_path(folder, environ)
        with contextlib.suppress(ArchiveError, OSError):  # being told twice is better than an audit that fails over it
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            write_output(path, [invocation.encode("ascii", "replace")], replace=True, mode=0o600)


def was_told(folder: str, environ: Mapping[str, str]) -> bool:
    """Whether people were told of the run that ended badly, by its MONITOR_INVOCATION_ID."""
    invocation = environ.get("MONITOR_INVOCATION_ID", "")
    try:
        with open(_told_path(folder, environ), encoding="ascii") as file:
            return bool(invocation) and file.read(200) == invocation
    except (OSError, ValueError):
        return False


def _told_path(folder: str, environ: Mapping[str, str]) -> str:
    name = os.path.splitext(os.path.basename(record_path(folder, environ)))[0]
    return os.path.join(configuration_folder(environ), "told", name)


def _try(kind: str, to: str, send: Callable[[], None]) -> Delivery:
    try:
        send()
    except ArchiveError as error:
        return Delivery(kind, to, error)
    return Delivery(kind, to)


def notice_text(notice: Notice) -> str:
    """A notice as plain text: the verdict, one line for each cause, and the next commands."""
    lines = [notice.verdict, "", f"Archive: {notice.archive}"]
    if notice.run:
        lines.append(f"Run {notice.run}: {notice.files:,} files, {notice.bytes:,} bytes read")
    if notice.causes:
        lines += ["", "Causes:", *(f"- {cause}" for cause in notice.causes)]
    if notice.steps:
        lines += ["", "Next:", *(f"  {step}" for step in notice.steps)]
    return "\n".join(lines) + "\n"


def _send_mail(settings: NotifySettings, notice: Notice, password: str) -> None:
    subject = " ".join(f"[{notice.archive}] {notice.verdict}".split())[:200]
    message = EmailMessage(_ONE_LINE if subject.isascii() else default)
    message["Subject"] = subject
    message["To"] = ", ".join(settings.mail_to)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note answers it
    message.set_content(notice_text(notice))
    send_message(settings, message, password)


def send_message(settings: NotifySettings, message: EmailMessage, password: str) -> None:
    """Send a message by the mail server and from the sender of [notify], with its date and identifier (RFC 5322 3.6).

    Raises `UsageError` when these are not set, `StorageError` when the server refuses.
    """
    if not settings.smtp_host or not settings.mail_from:
        raise UsageError("mail needs a server and a sender", remedy="Set smtp_host and mail_from under [notify]")
    message["From"] = settings.mail_from
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2].strip("<> ") or "localhost")
    host, _colon, port = settings.smtp_host.partition(":")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if settings.smtp_user:
                if not server.has_extn("auth") or not isinstance(server.sock, ssl.SSLSocket):
                    raise UsageError("the mail server offers no secure way to log in", subject=host)
                server.login(settings.smtp_user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise StorageError(f"the message could not be mailed: {words}", subject=host) from error


def notice_document(notice: Notice) -> dict[str, object]:
    """What a webhook gets (archive.notice/1)."""
    return {
        "schema": "archive.notice/1", "archive": notice.archive, "subject": notice.verdict,
        "outcome": notice.outcome.value, "run": notice.run, "files": notice.files, "bytes": notice.bytes,
        "causes": list(notice.causes), "next": list(notice.steps), "text": notice_text(notice),
    }  # fmt: skip


def _call_webhook(url: str, notice: Notice) -> None:
    _request(url, json.dumps(notice_document(notice)).encode("ascii"), "the webhook did not take the summary")


def _request(url: str, body: bytes | None, refused: str) -> None:
    """POST `body`, or GET where there is none. Raises `UsageError` and `StorageError`; no address is repeated whole."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError("this is not an http or https address", subject=url[:60])
    headers = {} if body is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method="GET" if body is None else "POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - the scheme is checked above
            return
    except OSError as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        raise StorageError(f"{refused}: {type(error).__name__}", subject=urlsplit(url).hostname) from error
