"""From a draft to jobs: its preview, and its bag, which is entered in the holdings, sealed and checked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from archive.errors import UsageError
from archive.settings import Settings
from archive.stages.creation.destination import check_bag_name
from archive.stages.validation.bags.profiles import shipped_profiles
from archive.web.desk import Desk
from archive.web.drafts import Draft, Options
from archive.web.folders import allowed_path, bags_folder
from archive.web.jobs import JobPlan, Step

LEVELS = ("3a", "2a", "none")
FORMS = ("zip",)
_ANY = (0, 1, 2, 3, 4, 10, 12)
"""How a command of a preview may end: whatever it found is shown."""
_LONGEST_NAME = 200


def target_of(settings: Settings, draft: Draft) -> str:
    """The path of the bag that the draft becomes. Raises `UsageError` where the setting for it does not count."""
    suffix = f".{draft.options.serialize}" if draft.options.serialize else ""
    return os.path.join(bags_folder(settings), draft.name + suffix)


def options_of(pdfa: str, serialize: str, profile: str, *, seal: bool) -> Options:
    """The options with these words; what is not offered is left out."""
    return Options(
        pdfa if pdfa in LEVELS else "", serialize if serialize in FORMS else "",
        profile if profile in shipped_profiles() else "", seal,
    )  # fmt: skip


def name_problem(settings: Settings, draft: Draft) -> str:
    """Why the bag cannot have its name: "unfit", "long", "taken", or "" when it can."""
    try:
        check_bag_name(draft.name)
    except UsageError:
        return "unfit"
    if len(os.fsencode(draft.name)) > _LONGEST_NAME:
        return "long"
    return "taken" if os.path.lexists(target_of(settings, draft)) else ""


def start_preview(desk: Desk, draft: Draft) -> Draft:
    """Start the dry run of a draft and what suggests a description. Raises as `Jobs.submit` and `allowed_path`."""
    settings = desk.settings
    source = require_source(settings, draft)
    desk.drafts.stop_preview(draft)
    dry_run = ("create", "--dry-run", "--json", "--events", *_create_options(settings, draft), "--", source)
    steps = (Step(dry_run, _ANY), Step(("describe", "--json", "--", source), _ANY))
    job = desk.jobs.submit(JobPlan("preview", source, steps, f"/new/{draft.id}"))
    return desk.drafts.save(replace(draft, preview=job, previewed=draft.state))


def start_making(desk: Desk, draft: Draft, passphrase: str) -> str:
    """Start making the bag, entering it in the holdings, sealing it if that is asked for, and checking it: the job.

    Raises as `Jobs.submit` and `allowed_path`.
    """
    settings = desk.settings
    source, bag = require_source(settings, draft), target_of(settings, draft)
    plan = JobPlan(
        "create", bag, tuple(_steps(settings, draft, source, bag)), f"/bags/at?path={quote(os.fsencode(bag))}"
    )
    desk.drafts.stop_preview(draft)
    secret = {"ARCHIVE_SEAL_PASSPHRASE": passphrase} if draft.options.seal and passphrase else None
    job = desk.jobs.submit(plan, environment=secret)
    desk.drafts.save(replace(draft, making=job))
    return job


def require_source(settings: Settings, draft: Draft) -> str:
    """The draft's source, if the desk may still read it. Raises as `allowed_path`."""
    return draft.source if draft.uploaded else allowed_path(settings, draft.source)


def _steps(settings: Settings, draft: Draft, source: str, bag: str) -> Iterator[Step]:
    sealing = tuple(_sealing_options(settings)) if draft.options.seal else ()
    create = ("create", "--json", "--events", *_create_options(settings, draft), *sealing, "--", source)
    yield Step(create, good=(0, 4) if sealing else (0,))  # 4: the seal still waits for stamps
    yield Step(("holdings", "add", "--new", "--json", "--", bag))
    yield Step(("audit", "--json", "--events", "--", bag), good=(0, 3))


def _sealing_options(settings: Settings) -> Iterator[str]:
    """The key is opened before anything is made; the bag is held before it is sealed, so that the seal is recorded."""
    settings.require("seal.key")
    key = settings.seal.key
    yield f"--seal={key if key.startswith('ssh:') else os.path.join(settings.folder, key)}"
    yield "--hold"


def _create_options(settings: Settings, draft: Draft) -> Iterator[str]:
    options = draft.options
    yield f"--to={bags_folder(settings)}"
    yield f"--name={draft.name}"
    yield from draft.description_arguments()
    if options.pdfa:
        yield f"--pdfa={options.pdfa}"
    if options.serialize:
        yield f"--serialize={options.serialize}"
    if options.profile:
        yield f"--profile={options.profile}"
