"""veraPDF itself: found where it may be, asked in one batch, believed only when its answer is whole."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import NotFoundError, StorageError, UsageError
from archive.model.codes import pdf as codes
from archive.model.finding import Outcome, Severity
from archive.renditions.inspection.examining import Inspection
from archive.renditions.judging import weigh
from archive.renditions.verapdf import (
    JAR_NAME,
    Judgement,
    ProfileVerdict,
    VeraPdf,
    ask_version,
    class_archive,
    find_java,
    find_verapdf,
    installed_jar,
    judge_files,
)
from archive.renditions.verapdf_install import SHA256, fetch_verapdf
from archive.settings import Settings
from archive.stages.validation import validate_each
from archive.stages.validation.pdfs import validate_pdf
from tests.support import pdf_samples as made
from tests.support.needing import needs
from tests.support.verapdf import need_fetched_verapdf, need_verapdf, without_verapdf

_SETTINGS = Settings()


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judgement]:
    """One batch for all questions: a Java start costs a second."""
    verapdf = need_verapdf()
    folder = tmp_path_factory.mktemp("judged")
    right = {part: made.read_pdfa(part) for part in (2, 3)}
    contents = {
        "2b": right[2],
        "3b": right[3],
        "scripted": made.changed(right[2], made.add_script),
        "loose font": made.changed(right[3], made.add_loose_font),
        "plain": made.plain_pdf(),
        "garbage": b"no PDF at all",
        "empty": b"",
        "locked": made.encrypted(right[2], "secret"),
        "-f, بيان\n.txt": right[2],
    }
    paths = []
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        paths.append(os.fsencode(folder / name))
    return dict(zip(contents, judge_files(verapdf, paths, settings=_SETTINGS), strict=True))


@pytest.mark.verapdf
def test_right_files_are_compliant_whatever_their_name(judged: dict[str, Judgement]) -> None:
    assert [name for name, judgement in judged.items() if judgement.compliant] == ["2b", "3b", "-f, بيان\n.txt"]
    assert [verdict.profile for verdict in judged["3b"].verdicts] == ["PDF/A-3B"]


@pytest.mark.verapdf
def test_wrong_files_are_refuted_with_a_clause(judged: dict[str, Judgement]) -> None:
    clause, description = judged["scripted"].verdicts[0].failures[0]
    assert clause == "ISO 19005-2:2011, 6.5.1-1"
    assert "JavaScript" in description


@pytest.mark.verapdf
def test_unreadable_files_have_a_problem_and_no_verdict(judged: dict[str, Judgement]) -> None:
    for name in ("garbage", "empty"):
        assert judged[name].unreadable
        assert judged[name].verdicts == ()
        assert not judged[name].compliant
    assert judged["locked"].problem is not None


@pytest.mark.verapdf
def test_the_report_names_the_tool_and_nothing_of_this_machine(judged: dict[str, Judgement]) -> None:
    for name, judgement in judged.items():
        assert judgement.tool is not None
        assert judgement.tool.name == "veraPDF"
        assert judgement.report is not None, name
        report = json.loads(judgement.report)
        assert report["buildInformation"]["releaseDetails"][0]["version"] == judgement.tool.version
        assert b"/tmp" not in judgement.report
        assert b"processingTime" not in judgement.report


@pytest.mark.verapdf
def test_the_same_file_gives_the_same_report(tmp_path: Path, judged: dict[str, Judgement]) -> None:
    path = tmp_path / "plain.pdf"
    path.write_bytes(made.plain_pdf())
    again = judge_files(need_verapdf(), [os.fsencode(path)], settings=_SETTINGS)[0]
    assert again.report == judged["plain"].report


@pytest.mark.verapdf
def test_validate_pdf_says_valid_only_with_the_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_verapdf()
    path = tmp_path / "x.pdf"
    path.write_bytes(made.read_pdfa(2))
    with_judge = validate_pdf(str(path), settings=_SETTINGS)
    assert with_judge.verdict == "valid"
    assert with_judge.outcome is Outcome.INTACT
    assert str(with_judge.facts["validator"]).startswith("veraPDF 1.")
    without = validate_pdf(str(path), settings=without_verapdf(monkeypatch, str(tmp_path)))
    assert without.verdict == "claimed, not validated"
    assert without.outcome is Outcome.NOT_CHECKED
    assert [finding.code for finding in without.findings] == ["PDF-103"]


_CLAIMING = Inspection(claims=("PDF/A-3a", "PDF/UA-1"), pages=1)
_GOOD = ProfileVerdict("PDF/A-3A", compliant=True)


@pytest.mark.parametrize(
    ("judgement", "word", "code"),
    [
        (Judgement((_GOOD, ProfileVerdict("PDF/UA-1", compliant=True))), "valid", None),
        (Judgement((_GOOD,)), "claimed, not validated", "PDF-107"),
        (Judgement((_GOOD, ProfileVerdict("PDF/UA-1", False, (("7.1", "x"),)))), "invalid", "PDF-104"),
        (Judgement((_GOOD, ProfileVerdict("PDF/UA-1", True)), "it stopped"), "claimed, not validated", "PDF-103"),
        (Judgement(problem="cannot parse", unreadable=True), "invalid", "PDF-101"),
        (Judgement(problem="no memory"), "claimed, not validated", "PDF-103"),
        (Judgement((ProfileVerdict("PDF/A-1B", True),)), "claimed, not validated", "PDF-107"),
        (None, "claimed, not validated", "PDF-103"),
    ],
)
def test_every_claim_must_be_judged_good(judgement: Judgement | None, word: str, code: str | None) -> None:
    verdict = weigh("x", _CLAIMING, judgement, absent="nobody is here")
    assert verdict.word == word
    assert code is None or code in [finding.code for finding in verdict.findings]


_OBJECTION = codes.FONT_NOT_EMBEDDED.at("x", fonts=("Arial",))


def test_what_verapdf_finds_compliant_is_valid_whatever_this_program_objects_to() -> None:
    good = Judgement((_GOOD, ProfileVerdict("PDF/UA-1", compliant=True)))
    verdict = weigh("x", replace(_CLAIMING, findings=(_OBJECTION,)), good, absent="")
    assert verdict.word == "valid"
    assert [(f.code, f.severity) for f in verdict.findings] == [("PDF-144", Severity.WARNING)]
    for seen in (Inspection(limit="it takes too long"), Inspection(problem="no trailer")):
        assert weigh("x", seen, good, absent="").word == "valid"
    half = Judgement((_GOOD,))
    assert weigh("x", replace(_CLAIMING, findings=(_OBJECTION,)), half, absent="").word == "invalid"
    assert weigh("x", replace(_CLAIMING, findings=(_OBJECTION,)), None, absent="").word == "invalid"


@pytest.mark.parametrize(
    ("claim", "profile"),
    [
        ("PDF/UA-1", "PDF/UA-1 validation profile"),
        ("PDF/UA-2", "PDF/UA-2 + Tagged PDF validation profile"),
        ("PDF/A-4e", "PDF/A-4E validation profile"),
        ("PDF/A-4f", "PDF/A-4F validation profile"),
        ("PDF/A-4", "PDF/A-4 validation profile"),
    ],
)
def test_every_standard_that_verapdf_knows_is_recognised_by_its_name(tmp_path: Path, claim: str, profile: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"fine")
    judge = _write_judge(tmp_path, "true", profile)
    judgement = judge_files(judge, [os.fsencode(path)], settings=_SETTINGS)[0]
    assert weigh("x", Inspection(claims=(claim,), pages=1), judgement, absent="").word == "valid"


def test_many_files_share_one_start_of_verapdf_and_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = []
    for number in range(70):
        path = tmp_path / f"{number:02}.pdf"
        path.write_bytes(made.plain_pdf() if number % 2 else b"%PDF-1.4 broken")
        subjects.append(str(path))
    calls: list[int] = []

    def judge(_verapdf: object, paths: list[bytes], **_: object) -> list[Judgement]:
        calls.append(len(paths))
        return [Judgement((_GOOD,)) for _ in paths]

    monkeypatch.setattr("archive.stages.validation.pdfs.judge_files", judge)
    monkeypatch.setattr("archive.stages.validation.pdfs.find_verapdf", lambda settings: VeraPdf(("x",), "test"))
    monkeypatch.setattr(
        "archive.stages.validation.pdfs.inspect_pdf", lambda path, **_: Inspection(claims=("PDF/A-3a",))
    )
    answers = list(validate_each([*subjects, str(tmp_path / "gone.pdf"), str(tmp_path)]))
    assert [subject for subject, _ in answers][:70] == subjects
    assert calls == [70]
    assert isinstance(answers[70][1], NotFoundError)


def test_a_judge_that_dies_or_babbles_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(made.plain_pdf())
    for code in ("kill -9 $$", "echo '{}'", 'echo \'{"report": {"jobs": []}}\'', "exit 1"):
        babbling = VeraPdf(("/bin/sh", "-c", code), "test")
        judged = judge_files(babbling, [os.fsencode(path)] * 3, settings=_SETTINGS)
        assert [j.compliant for j in judged] == [False] * 3
        assert all("gave no verdict" in (j.problem or "") for j in judged)


def _write_judge(folder: Path, poisoned: str, profile: str = "PDF/A-2B") -> VeraPdf:
    """A judge that finds all compliant, one after the other, notes whom it was asked about, and stumbles on poison."""
    script = folder / "judge"
    build = '{"releaseDetails":[{"version":"9"}]}'
    verdict = '{"profileName":"' + profile + '","compliant":true,"details":{"ruleSummaries":[]}}'
    job = '%s{"itemDetails":{"name":"%s","size":1},"validationResult":[' + verdict + "]}"
    lines = (
        "#!/bin/sh",
        "first=",
        f"""echo "$@" | tr ' ' '\\n' | grep -c pdf$ >> '{folder}/asked'""",
        """printf '{"report":{"buildInformation":""" + build + ""","jobs":['""",
        'for file in "$@"; do case $file in *.pdf)',
        f"""if grep -q poison "$file"; then {poisoned}; fi""",
        f"""printf '{job}' "$first" "$file"; first=,;; esac; done""",
        "printf ']}}'",
    )
    script.write_text("\n".join(lines))
    script.chmod(0o755)
    return VeraPdf((str(script),), "test")


@pytest.mark.parametrize(
    ("poisoned", "said"),
    [
        ("kill -9 $$", "stopped at its limit"),
        ("sleep 60", "did not end within its time limit"),
        ("exit 3", "ended with code 3"),
        ("printf '{\"itemDetails\":'; exit 0", "ended with code 0"),
    ],
)
def test_one_bad_file_does_not_spoil_the_batch(tmp_path: Path, poisoned: str, said: str) -> None:
    """What the judge said before it stumbled stands, the rest is asked again, and the bad file is the one named."""
    paths = []
    for number in range(5):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(b"poison" if number == 3 else b"fine")
        paths.append(os.fsencode(path))
    settings = Settings().with_flags("render", seconds=1)
    judged = judge_files(_write_judge(tmp_path, poisoned), paths, settings=settings)
    assert [j.compliant for j in judged] == [True, True, True, False, True]
    assert said in (judged[3].problem or "")
    asked = (tmp_path / "asked").read_text().split()
    assert asked == ["5", "1", "1"], "three files were answered for in the first call"


def test_settings_come_first_and_must_name_something(tmp_path: Path) -> None:
    for value, said in (("/no/such.jar", "no file"), ("no-such-program", "no program")):
        with pytest.raises(UsageError, match=said):
            find_verapdf(Settings().with_flags("tools", verapdf=value))
    with pytest.raises(UsageError, match=r"tools\.java"):
        find_java(Settings().with_flags("tools", java="/no/java"))
    launcher = tmp_path / "verapdf"
    launcher.write_text("#!/bin/sh\necho veraPDF 9.9\n")
    launcher.chmod(0o755)
    found = find_verapdf(Settings().with_flags("tools", verapdf=str(launcher)))
    assert found is not None
    assert ask_version(found) == "9.9"


def test_an_installed_one_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_verapdf(monkeypatch, str(tmp_path))
    assert find_verapdf(_SETTINGS) is None
    launcher = tmp_path / "verapdf"
    launcher.write_text("#!/bin/sh\n")
    launcher.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = find_verapdf(_SETTINGS)
    assert found is not None
    assert found.where == "PATH"


@needs("java")
def test_the_fetched_one_is_found_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_verapdf(monkeypatch, str(tmp_path))
    jar = Path(installed_jar())
    assert jar == tmp_path / "muniment" / "verapdf" / JAR_NAME
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"")
    found = find_verapdf(_SETTINGS)
    assert found is not None
    assert str(jar) in found.command


def test_a_jar_with_another_digest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_verapdf(monkeypatch, str(tmp_path))
    jar = Path(installed_jar())
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"something else")
    with pytest.raises(StorageError, match="does not have the digest"):
        fetch_verapdf(_SETTINGS)


def test_without_maven_or_java_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_verapdf(monkeypatch, str(tmp_path / "data"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("archive.renditions.verapdf.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageError, match="needs Java"):
        fetch_verapdf(_SETTINGS)
    (tmp_path / "java").write_text("#!/bin/sh\n")
    (tmp_path / "java").chmod(0o755)
    with pytest.raises(StorageError, match="Maven's client"):
        fetch_verapdf(_SETTINGS)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo '[ERROR] no route'; exit 1", "could not fetch it: no route"),
        ("exit 0", "could not fetch it: it ended with code 0"),
        (
            f'for a; do case $a in -DoutputDirectory=*) echo x > "${{a#*=}}/{JAR_NAME}";; esac; done',
            "not the one pinned",
        ),
    ],
)
def test_what_maven_brings_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    without_verapdf(monkeypatch, str(tmp_path / "data"))
    for name, body in (("java", ""), ("mvn", script)):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageError, match=said):
        fetch_verapdf(_SETTINGS)
    assert not os.path.exists(installed_jar())
    assert os.listdir(os.path.dirname(installed_jar())) == []


@pytest.mark.verapdf
def test_what_is_installed_here_is_what_is_pinned() -> None:
    need_fetched_verapdf()
    fetched = fetch_verapdf(_SETTINGS)
    assert (fetched.fetched, fetched.sha256) == (False, SHA256)


@pytest.mark.verapdf
@pytest.mark.parametrize("broken", [False, True])
def test_classes_kept_beside_the_jar_change_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    need_fetched_verapdf()
    jar = installed_jar()
    without_verapdf(monkeypatch, str(tmp_path))
    os.makedirs(os.path.dirname(installed_jar()))
    shutil.copyfile(jar, installed_jar())
    sample = tmp_path / "a.pdf"
    sample.write_bytes(made.read_pdfa(3))
    monkeypatch.setenv("PATH", _with_java_alone(tmp_path / "bin"))
    bare = find_verapdf(_SETTINGS)
    fetch_verapdf(_SETTINGS)
    kept = Path(class_archive(installed_jar()))
    assert kept.is_file()
    if broken:
        kept.unlink()
        kept.write_bytes(b"of another Java")
    shared = find_verapdf(_SETTINGS)
    assert bare is not None
    assert shared is not None
    assert not any("SharedArchiveFile" in word for word in bare.command)
    assert f"-XX:SharedArchiveFile={kept}" in shared.command
    paths = [os.fsencode(sample)]
    assert judge_files(shared, paths, settings=_SETTINGS) == judge_files(bare, paths, settings=_SETTINGS)
    assert judge_files(shared, paths, settings=_SETTINGS)[0].compliant


def _with_java_alone(folder: Path) -> str:
    """A PATH on which Java is and no veraPDF."""
    java = shutil.which("java")
    assert java is not None
    folder.mkdir()
    (folder / "java").symlink_to(java)
    return str(folder)
