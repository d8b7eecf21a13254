"""`archive doctor`."""

from __future__ import annotations

import os
from itertools import groupby

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.formats.naming import escape
from archive.settings import Settings


@click.command("doctor")
@click.option("--install", type=click.Choice(["verapdf"]), help="Fetch a tool into your own data folder, using Maven.")
@click.option("--folder", default=".", metavar="DIR", type=click.Path(path_type=str),
              help="Folder whose file system is tested.  [default: here]")  # fmt: skip
@json_option
def command(install: str | None, folder: str, as_json: bool) -> int:
    """Check which tools and features are available on this machine, and how to install what is missing.

    None of them is needed to make a bag: if one is missing, a check is not made, and reports say so.

    \b
    Example:
      archive doctor
      archive doctor --install verapdf
    """
    settings = current_settings()
    if install is not None:
        return _install(settings, as_json=as_json)
    from archive.stages.doctor import Part, survey_machine

    parts = survey_machine(settings, os.path.abspath(folder))
    if as_json:
        from archive.reporting.doctor import doctor_document

        show_json(doctor_document(parts))
        return 0

    def group_of(part: Part) -> str:
        return part.group

    for group, members in groupby(parts, key=group_of):
        show(f"{group}:")
        for part in members:
            said = " ".join(word for word in (part.version, f"({part.detail})" if part.detail else "") if word)
            word = "present" if part.present else "missing"
            purpose = f" - {part.purpose}" if part.purpose else ""
            show(escape(f"  {word}: {part.name}{f' {said}' if said else ''}{purpose}"))
            if not part.present and part.remedy:
                show(escape(f"           {part.remedy}"))
    return 0


def _install(settings: Settings, *, as_json: bool) -> int:
    from archive.renditions.verapdf_install import fetch_verapdf

    fetched = fetch_verapdf(settings)
    if as_json:
        from archive.reporting.doctor import installed_document

        show_json(installed_document(fetched))
        return 0
    verb = "fetched" if fetched.fetched else "already here"
    show(escape(f"{verb}: veraPDF {fetched.version} ({fetched.path}), SHA-256 {fetched.sha256}"))
    show("Try it:  archive validate FILE.pdf")
    return 0
