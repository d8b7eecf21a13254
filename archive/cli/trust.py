"""`archive trust`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import click

from archive.cli.console import show, show_json, warn
from archive.cli.interrupting import heard_while_asking
from archive.cli.options import UtcTime, current_settings, json_option, path_argument, trust_option
from archive.errors import UsageError
from archive.formats.naming import escape
from archive.model.exits import Exit
from archive.model.seal import Role, Trust


@click.group("trust")
def command() -> None:
    """Choose whose keys and which timestamp authorities to trust.

    They are kept in a trust folder outside of every bag. Without --trust and [seal] trust in archive.toml it is the
    folder trust beside archive.toml. Inside a project each change is recorded in the ledger.

    \b
    Example:
      archive trust init "Documentation Centre"
      archive trust add-key anna anna.key.pub
      archive trust show
    """


@command.command("init")
@click.argument("name")
@trust_option
@json_option
def init(name: str, trust: str | None, as_json: bool) -> int:
    """Make a trust folder that trusts nothing yet. NAME is the name of the archive.

    \b
    Example:
      archive trust init "Documentation Centre"
    """
    from archive.stages.trusting import init_trust

    folder = _folder(trust)
    with _recorded() as record:
        made = init_trust(folder, name)
        record(None, made)
    _show(made, as_json=as_json)
    if not as_json and current_settings().seal.trust == "" and trust is None:
        show('To use it without --trust, write in archive.toml under [seal]: trust = "trust"')
    return 0


@command.command("add-key")
@click.argument("name")
@path_argument("file", nargs=1)
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.SEAL.value, show_default=True,
    help="What the key may sign: seals, or the next versions of the trust folder.",
)  # fmt: skip
@click.option("--from", "valid_from", type=UtcTime(), metavar="TIME", help="Start of the period in which it may sign.")
@click.option("--until", "valid_until", type=UtcTime(), metavar="TIME", help="End of the period in which it may sign.")
@trust_option
@json_option
def add_key(
    *,
    name: str,
    file: str,
    role: str,
    valid_from: datetime | None,
    valid_until: datetime | None,
    trust: str | None,
    as_json: bool,
) -> int:
    """Trust a key: FILE is its public file, one OpenSSH line.

    \b
    Example:
      archive trust add-key anna anna.key.pub
      archive trust add-key vault vault.pub --role root
    """
    from archive.stages.trusting import add_key as add

    with _recorded() as record:
        changed = add(_folder(trust), name, file, role=Role(role), valid_from=valid_from, valid_until=valid_until)
        record(changed.file.previous, changed)
    _show(changed, as_json=as_json)
    return 0


@command.command("add-authority")
@click.argument("name")
@path_argument("certificates")
@click.option("--operator", required=True, help="The company that runs it; timestamps are counted per operator.")
@click.option("--url", "urls", multiple=True, metavar="URL", help="Address that issues timestamps.")
@click.option(
    "--policy", "policies", multiple=True, metavar="OID", help="Accept only timestamps issued under this policy."
)
@trust_option
@json_option
def add_authority(
    *,
    name: str,
    certificates: tuple[str, ...],
    operator: str,
    urls: tuple[str, ...],
    policies: tuple[str, ...],
    trust: str | None,
    as_json: bool,
) -> int:
    """Trust a timestamp authority: its root certificate first, then intermediates, in PEM.

    The certificates are tried at once, and one timestamp is requested from each address; if there is no answer, that is
    a warning.

    \b
    Example:
      archive trust add-authority NAME ROOT.pem MID.pem --operator "Company" --url https://tsa.example.org
    """
    from archive.stages.trusting import add_authority as add
    from archive.stages.trusting import try_addresses
    from archive.storage.clock import Clock

    with _recorded() as record:
        changed = add(_folder(trust), name, certificates, operator=operator, urls=urls, policies=policies)
        record(changed.file.previous, changed)
    problems = try_addresses(changed, name, now=Clock().now)
    for problem in problems:
        warn(problem)
    _show(changed, as_json=as_json, problems=list(problems))
    return 0


@command.command("revoke")
@click.argument("name")
@click.option(
    "--since", type=UtcTime(), required=True, metavar="TIME",
    help="Time of the compromise; what timestamps prove to be older remains valid.",
)  # fmt: skip
@click.option("--why", metavar="TEXT", help="The reason, such as compromised.")
@trust_option
@json_option
def revoke(name: str, since: datetime, why: str | None, trust: str | None, as_json: bool) -> int:
    """Revoke a key, or stop trusting an authority, from a time on.

    \b
    Example:
      archive trust revoke anna --since 2026-11-29T00:00:00Z --why compromised
    """
    from archive.stages.trusting import revoke as do_revoke

    with _recorded() as record:
        changed = do_revoke(_folder(trust), name, since=since, why=why)
        record(changed.file.previous, changed)
    _show(changed, as_json=as_json)
    return 0


@command.command("show")
@trust_option
@json_option
def show_trust(trust: str | None, as_json: bool) -> int:
    """Show the keys and authorities in the trust folder, with digits to be read aloud that are the same in every
    language.

    \b
    Example:
      archive trust show
    """
    from archive.trust.store import read_trust

    _show(read_trust(_folder(trust)), as_json=as_json)
    return 0


@command.command("adopt")
@path_argument("file", nargs=1)
@trust_option
@json_option
def adopt(file: str, trust: str | None, as_json: bool) -> int:
    """Adopt a trust folder that was given to you: FILE is a folder or a zip.

    A version signed by a root key of the one you have is adopted at once. For any other, you are asked to type the
    first four groups of digits as they were read to you.

    \b
    Example:
      archive trust adopt trust.zip
    """
    from archive.stages.adopting import adopt as take_over
    from archive.storage.clock import Clock

    with _recorded() as record:
        made = take_over(_folder(trust), file, at=Clock().now(), ask=_ask_digits)
        if made.changed:
            record(made.before, made.trust)
    if not as_json:
        words = "signed by the root key " + escape(made.signed_by) if made.signed_by else "its digits were compared"
        show(f"adopted: {words}" if made.changed else "nothing to adopt: this version is already there")
    _show(made.trust, as_json=as_json, adopted=made.changed, signed_by=made.signed_by)
    return 0


@command.command("refresh")
@trust_option
@json_option
def refresh(trust: str | None, as_json: bool) -> int:
    """Fetch the revocation lists that the authorities publish now, into the trust folder.

    \b
    Example:
      archive trust refresh
    """
    from archive.reporting.trust import refresh_lines, trust_document
    from archive.stages.trusting import refresh as fetch
    from archive.storage.clock import Clock

    made = fetch(_folder(trust), at=Clock().now())
    code = Exit.NOT_CHECKED if made.problems else Exit.DONE
    if as_json:
        further = {"new": list(made.new), "known": made.known, "problems": [escape(one) for one in made.problems]}
        show_json(trust_document(made.trust, **further, exit_code=int(code)))
    else:
        for line in refresh_lines(made.new, made.known, made.problems):
            show(line)
    return code


def _folder(named: str | None) -> str:
    from archive.stages.trusting import editable_folder

    return editable_folder(named, current_settings())


def _recorded() -> AbstractContextManager[Callable[[str | None, Trust], None]]:
    from archive.stages.trust_history import changing_trust
    from archive.storage.clock import Clock

    return changing_trust(current_settings(), now=Clock().now)


def _show(trust: Trust, *, as_json: bool, **further: Any) -> None:
    from archive.reporting.trust import trust_document, trust_lines

    if as_json:
        show_json(trust_document(trust, **further))
        return
    for line in trust_lines(trust):
        show(line)


def _ask_digits(trust: Trust) -> str:
    if not sys.stdin.isatty():
        raise UsageError(
            "not a terminal, so it cannot ask for the digits as they were heard", subject=trust.file.name,
            remedy="Run it in a terminal, or have the version signed with a root key",
        )  # fmt: skip
    with heard_while_asking():
        heard: str = click.prompt("The first four groups of digits, as they were read to you", err=True)
    return heard
