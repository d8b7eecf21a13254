"""What can be done with a bag: each a form and a job. What replaces or sends something is rehearsed first.

The commands are built here from values that were checked: paths are below the roots, copies are those that the ledger
knows, places those of the settings. No value can become an option, and passphrases go by the environment alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.formats.naming import path_text
from archive.ledger.catalogue import list_files
from archive.ledger.copies import deposits_of
from archive.ledger.holdings import copies_of, find_holding_by_id
from archive.model.addresses import is_remote
from archive.model.audit import Holding
from archive.model.exits import Exit
from archive.places import address_of
from archive.stages.exporting.formats import FORMATS
from archive.translation import LANGUAGES
from archive.web.folders import allowed_path, allowed_target, is_within
from archive.web.jobs import JUDGED, Job, JobPlan, JobState, Step
from archive.web.pages.bag import number_of
from archive.web.visit import Visit, action, page

_OPTIONS = ("--json", "--events")
_LONGEST = 2_000
_PASSPHRASE = "ARCHIVE_SEAL_PASSPHRASE"  # noqa: S105 - a variable's name


@dataclass(frozen=True, slots=True)
class Order:
    """What a form asks for: a job's kind and its steps. `rehearsal` ones are shown and confirmed before they are done.

    `then` is the page of the result, by default the bag's.
    """

    kind: str
    steps: tuple[Step, ...]
    rehearsal: bool = False
    then: str = ""
    environment: Mapping[str, str] | None = None


Builder = Callable[[Visit, Holding], Order]


def check(visit: Visit, holding: Holding) -> Order:
    """Read every file of the bag again: `archive audit BAG`."""
    del visit
    return Order("check", (Step(("audit", *_OPTIONS, "--", holding.address), JUDGED),))


def verify(visit: Visit, holding: Holding) -> Order:
    """Verify the bag's seals: `archive verify BAG`."""
    del visit
    return Order("verify", (Step(("verify", *_OPTIONS, "--", holding.address), JUDGED),), then="/check/{job}")


def repair(visit: Visit, holding: Holding) -> Order:
    """Repair from one of the copies that the ledger knows; rehearsed."""
    chosen = visit.text("copy")
    copy = next((address for key, address in copies_to_repair_from(visit, holding) if key == chosen), None)
    if copy is None:
        raise UsageError("choose the copy to repair from")
    arguments = ("repair", "--dry-run", "--json", f"--from={copy}", "--", holding.address)
    return Order("repair", (Step(arguments, JUDGED),), rehearsal=True)


def update(visit: Visit, holding: Holding) -> Order:
    """A new version: files added, removed, renamed and replaced, or a new description; rehearsed."""
    settings, options = visit.desk.settings, []
    folder = visit.text("as").strip("/")
    for line in visit.text("add").splitlines():
        if line.strip():
            options.append(f"--add={allowed_path(settings, line.strip())}")
            if folder:
                options.append(f"--as={_inside(folder)}/")
    options += [f"--remove={_inside(path)}" for path in visit.texts("remove")]
    for word, first, second in (("--rename", "rename", "rename_to"), ("--replace", "replace", "replace_with")):
        old, new = visit.text(first), visit.text(second)
        if bool(old) != bool(new):
            raise UsageError("fill in both fields, or leave both empty", subject=old or new)
        if old:
            options += [word, _inside(old), _inside(new) if first == "rename" else allowed_path(settings, new)]
    if visit.text("description"):
        options.append(f"--description={allowed_path(settings, visit.text('description'))}")
    if not options:
        raise UsageError("nothing was chosen to be changed", remedy="Fill in at least one of the fields")
    arguments = ("update", "--dry-run", *_OPTIONS, *options, "--", holding.address)
    return Order("update", (Step(arguments),), rehearsal=True)


def seal(visit: Visit, holding: Holding) -> Order:
    """Seal the bag with a key of the settings or of the project. The passphrase is kept nowhere."""
    settings = visit.desk.settings
    options = []
    if visit.text("key"):
        path = os.path.realpath(os.path.join(settings.folder, path_text(visit.text("key"))))
        if not is_within(path, os.path.realpath(settings.folder)) or not os.path.isfile(path):
            raise UsageError("choose a key file in the project's folder", subject=visit.text("key"))
        options.append(f"--key={path}")
    elif not settings.seal.key:
        raise UsageError("choose the key that signs", remedy="Make one: archive keys new NAME")
    if visit.text("offline"):
        options.append("--offline")
    secret = "".join(visit.form.get("passphrase", ())[:1])
    if "\0" in secret:
        raise UsageError("the passphrase cannot be used: it holds a zero character")
    step = Step(("seal", "--json", *options, "--", holding.address), (Exit.DONE, Exit.NOT_CHECKED))
    return Order("seal", (step,), environment={_PASSPHRASE: secret} if secret else None)


def give(visit: Visit, holding: Holding) -> Order:
    """A copy for a person, with a cover sheet: `archive export BAG --for`."""
    name, purpose, reason = visit.text("name"), visit.text("purpose"), visit.text("reason")
    if not name or not purpose:
        raise UsageError("say who gets the copy, and what for")
    if "," in name:
        raise UsageError("write the name without a comma", subject=name)
    parts = visit.text("restricted", "with")
    if reason and parts == "without":
        raise UsageError("a reason is for what is restricted, and that is to be left out")
    language = visit.text("language", "en")
    if language not in LANGUAGES:
        raise UsageError("this language is not known", subject=language)
    options = [f"--for={name}, {purpose}", f"--language={language}", f"--to={_target(visit)}"]
    options += [f"--because={reason}"] if reason else []
    options += ["--without-restricted"] if parts == "without" else []
    step = Step(("export", *_OPTIONS, *options, "--", holding.address))
    return Order("copy", (step,), then=f"/bags/{holding.id}/result/{{job}}")


def export(visit: Visit, holding: Holding) -> Order:
    """A package for another system: `archive export BAG --as`."""
    wanted = visit.text("format")
    if wanted not in FORMATS:
        raise UsageError("choose a format")
    options = [f"--as={wanted}", f"--to={_target(visit)}"] + (["--zip"] if visit.text("zip") else [])
    step = Step(("export", *_OPTIONS, *options, "--", holding.address))
    return Order("export", (step,), then=f"/bags/{holding.id}/result/{{job}}")


def deposit(visit: Visit, holding: Holding) -> Order:
    """Send the bag to a place of the settings; rehearsed."""
    place = visit.text("place")
    if place not in places_to_deposit_in(visit):
        raise UsageError("choose a place")
    return Order("deposit", (Step(("deposit", "--dry-run", *_OPTIONS, "--", holding.address, place)),), rehearsal=True)


def retire(visit: Visit, holding: Holding) -> Order:
    """Take the bag out of the audits; nothing is deleted."""
    reason = visit.text("reason")
    if not reason:
        raise UsageError("say why; it is kept in the bag's history")
    return Order("retire", (Step(("holdings", "retire", "--json", f"--reason={reason}", "--", holding.address)),))


ACTIONS: Mapping[str, Builder] = {
    "check": check, "verify": verify, "repair": repair, "update": update, "seal": seal, "copy": give,
    "export": export, "deposit": deposit, "retire": retire,
}  # fmt: skip
WITHOUT_FORM = frozenset({"check", "verify"})
LOCAL_ONLY = frozenset({"repair", "update", "seal"})


def show_form(visit: Visit) -> Response:
    """The form of one action."""
    word = visit.values["action"]
    if word not in ACTIONS or word in WITHOUT_FORM:
        raise NotFoundError("there is no such page", subject=word)
    return _form(visit, _holding(visit), None)


def start(visit: Visit) -> Response:
    """Check a form and start its job; the form again, with the reason, where it cannot be done."""
    word = visit.values["action"]
    if word not in ACTIONS:
        raise NotFoundError("there is no such page", subject=word)
    holding = _holding(visit)
    _require_possible(holding, word)
    try:
        if any(len(one) > _LONGEST * (20 if name == "add" else 1) for name in visit.form for one in visit.form[name]):
            raise UsageError("a field is too long")
        order = ACTIONS[word](visit, holding)
    except ArchiveError as error:
        if word in WITHOUT_FORM:
            raise
        return _form(visit, holding, error)
    then = f"/bags/{holding.id}/result/{{job}}" if order.rehearsal else order.then or f"/bags/{holding.id}"
    plan = JobPlan(order.kind, holding.address, order.steps, then)
    return visit.go(f"/jobs/{visit.desk.jobs.submit(plan, environment=order.environment)}")


def show_result(visit: Visit) -> Response:
    """What a job did for this bag, or what it would do; then with the button that does it."""
    holding = _holding(visit)
    job = _job_of(visit, holding)
    if not job.state.has_ended:
        return visit.go(f"/jobs/{job.id}")
    document = job.results[-1] if job.results else {}
    return visit.show(
        "bag_result.html", holding=holding, job=job, document=document,
        can_confirm=job.state is JobState.DONE and _is_rehearsal(job) and _has_something(job, document),
        is_rehearsal=_is_rehearsal(job),
    )  # fmt: skip


def confirm(visit: Visit) -> Response:
    """Do what was rehearsed, with the very arguments of the rehearsal."""
    holding = _holding(visit)
    job = _job_of(visit, holding)
    if not (_is_rehearsal(job) and job.state is JobState.DONE):
        raise UsageError("run the trial first; it has not been run, or it failed", subject=job.id)
    _require_possible(holding, job.plan.kind)
    steps = []
    for step in job.plan.steps:
        words = tuple(word for word in step.arguments if word != "--dry-run")
        if job.plan.kind == "repair":
            words = (words[0], "--yes", *words[1:])
        steps.append(Step(words, step.good))
    then = f"/bags/{holding.id}"
    if job.plan.kind == "update":
        then = f"/bags/at?{urlencode({'path': holding.address}, errors='surrogateescape')}"
    return visit.go(f"/jobs/{visit.desk.jobs.submit(JobPlan(job.plan.kind, job.plan.subject, tuple(steps), then))}")


def copies_to_repair_from(visit: Visit, holding: Holding) -> list[tuple[str, str]]:
    """The other copies of the bag that the ledger knows, as (key for the form, address)."""
    with visit.desk.ledger() as ledger:
        held = [(f"holding-{one.id}", one.address) for one in copies_of(ledger, holding)]
        known = {address for _key, address in held} | {holding.address}
        sent = [
            (f"deposit-{one.number}", one.copy_address)
            for one in deposits_of(ledger, holding.tag_digest)
            if one.receipt.get("state") == "accepted" and not one.receipt.get("format")
        ]
    return [*held, *((key, address) for key, address in sent if address and address not in known)]


def places_to_deposit_in(visit: Visit) -> list[str]:
    """The places of the settings that have an address."""
    settings = visit.desk.settings
    return [name for name in settings.places if address_of(settings, name)]


def _holding(visit: Visit) -> Holding:
    with visit.desk.ledger() as ledger:
        return find_holding_by_id(ledger, number_of(visit))


def _require_possible(holding: Holding, word: str) -> None:
    if holding.retired_at is not None:
        raise UsageError("this bag was retired", subject=holding.address)
    if word in LOCAL_ONLY and (is_remote(holding.address) or holding.form.value != "folder"):
        raise UsageError("this can only be done with a bag in a folder on this machine", subject=holding.address)


def _form(visit: Visit, holding: Holding, error: ArchiveError | None) -> Response:
    word, settings = visit.values["action"], visit.desk.settings
    _require_possible(holding, word)
    originals: list[str] = []
    if word == "update":
        with visit.desk.ledger() as ledger:
            known = list_files(ledger, holding.id, text="data/original/", limit=300)[0]
        originals = [one.path.removeprefix("data/original/") for one in known]
    return visit.show(
        "bag_action.html", status=400 if error else 200, holding=holding, action=word, error=error,
        copies=copies_to_repair_from(visit, holding) if word == "repair" else [], originals=originals,
        places=places_to_deposit_in(visit) if word == "deposit" else [], formats=sorted(FORMATS),
        keys=_keys_in(settings.folder) if word == "seal" else [], key=settings.seal.key,
        target={"copy": "copies", "export": "exports"}.get(word, ""), given=visit.form,
    )  # fmt: skip


def _keys_in(folder: str) -> list[str]:
    """The names of the private keys at the top of the project and in its folder keys: files beside a .pub file."""
    found = []
    for place in ("", "keys"):
        try:
            names = set(os.listdir(os.path.join(folder, place)))
        except OSError:
            continue
        found += [os.path.join(place, name) for name in sorted(names) if f"{name}.pub" in names]
    return found


def _target(visit: Visit) -> str:
    if not visit.text("to"):
        raise UsageError("choose a folder for it")
    return allowed_target(visit.desk.settings, visit.text("to"))


def _inside(path: str) -> str:
    """A path in the bag, as one that cannot be taken for an option: from data/ on."""
    clean = path.strip().lstrip("/")
    if not clean or "\0" in clean or ".." in clean.split("/"):
        raise UsageError("this is not a path in the bag", subject=path)
    return clean if clean.startswith("data/") else f"data/original/{clean}"


def _job_of(visit: Visit, holding: Holding) -> Job:
    """The job of the path, which must be one for this bag. Raises `NotFoundError`."""
    job = visit.desk.jobs.find(visit.values["job"])
    if job.plan.then != f"/bags/{holding.id}/result/{{job}}":
        raise NotFoundError("no such job", subject=visit.values["job"])
    return job


def _is_rehearsal(job: Job) -> bool:
    return all("--dry-run" in step.arguments for step in job.plan.steps)


def _has_something(job: Job, document: Mapping[str, object]) -> bool:
    """Whether there is anything to do after the rehearsal."""
    return bool(document.get("planned")) if job.plan.kind == "repair" else bool(document)


ROUTES = (
    Route("/bags/{id}/result/{job}", page(show_result)),
    Route("/bags/{id}/result/{job}", action(confirm), methods=["POST"]),
    Route("/bags/{id}/{action}", page(show_form)),
    Route("/bags/{id}/{action}", action(start), methods=["POST"]),
)
