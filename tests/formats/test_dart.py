"""What is taken over of DART's files, and what is named as left out."""

from __future__ import annotations

import json

import pytest

from archive.errors import FormatError
from archive.formats.dart import read_job, read_settings
from archive.formats.profile import parse_profile
from tests.support.dart_files import SECRET, job, profile, service, tag, workflow


def encoded(tree: object) -> bytes:
    return json.dumps(tree).encode()


def test_a_job_is_a_bag_to_make() -> None:
    title = tag("archive-info.txt", "Title", userValue="Letters")
    found = read_job(encoded(job(["/letters", "more"], title)), "job.json")
    assert (found.name, found.sources, found.serialize) == ("letters", ("/letters", "more"), "tar")
    assert found.fields == {"Source-Organization": ("The County",), "Access": ("Open",), "Title": ("Letters",)}
    assert found.has_profile
    assert found.left_out == ("the upload to 'County Bucket' (s3://holdings/): deposit the bag",)


def test_job_parameters_give_files_and_tags() -> None:
    tags = [
        {"tagFile": "bag-info.txt", "tagName": "Box", "value": "1"},
        {"tagFile": "bag-info.txt", "tagName": "Box", "value": "2"},
        {"tagName": "Empty", "value": " "},
    ]
    tree = {"packageName": "a/b.tar.gz", "files": ["x"], "tags": tags, "workflowName": "Letters"}
    found = read_job(encoded(tree), "p.json")
    assert (found.name, found.serialize, found.fields) == ("b", "tar.gz", {"Box": ("1", "2")})
    assert not found.has_profile
    assert found.left_out[0].startswith("the workflow 'Letters'")


def test_parameters_come_before_the_values_of_their_workflow() -> None:
    tags = [{"tagFile": "archive-info.txt", "tagName": "Access", "value": "Closed"}]
    tree = {"packageName": "b", "files": ["x"], "tags": tags, "workflow": workflow()}
    found = read_job(encoded(tree), "p.json")
    assert found.fields == {"Source-Organization": ("The County",), "Access": ("Closed",)}
    assert len(found.left_out) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"\xff", b"{}", encoded({"packageName": "a", "files": []}), encoded({"files": ["x"]}),
        encoded({"packageName": "a", "files": [1]}), encoded({"packageName": "a", "files": ["x"], "tags": [1]}),
        encoded(job(["x"], {"tagFile": 1, "tagName": "T"})), encoded(workflow()), b"[" * 100_000,
        encoded({"packageOp": {"packageName": "a.zip", "packageFormat": "zip", "sourceFiles": ["x"]}}),
        b'{"packageName": "\\ud800", "files": ["x"]}',
    ],
)  # fmt: skip
def test_what_is_no_job_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        read_job(content, "job.json")


def test_a_workflow_is_settings_and_no_secret_is_among_them() -> None:
    found = read_settings(encoded(workflow()), "w.json")
    assert (found.name, found.profile, found.serialize) == ("Letters", "County Archive", "tar")
    assert [(one.url, dict(one.options)) for one in found.services] == [
        ("s3://holdings/", {"endpoint": "https://s3.example.com"}),
        ("sftp://sftp.example.com:2222/holdings", {}),
    ]
    assert SECRET not in repr(found)
    assert "clerk" not in repr(found)
    assert sum("login and password" in one for one in found.left_out) == 2


def test_exported_settings_name_what_has_no_counterpart() -> None:
    tree = {
        "bagItProfiles": [profile(name="A"), profile(name="B")],
        "storageServices": [service("ftp"), service(allowsUpload=False), "odd"],
        "remoteRepositories": [{"name": "Registry", "apiToken": SECRET}],
        "appSettings": [{"name": "Bagging Directory"}, 3],
        "questions": [{"prompt": "Which bucket?"}],
    }
    found = read_settings(encoded(tree), "s.json")
    assert (found.profile, found.services, found.fields) == ("", (), {})
    told = "\n".join(found.left_out)
    for words in ("(A, B)", "'ftp'", "takes no uploads", "Registry", "Bagging Directory", "Which bucket?"):
        assert words in told
    assert SECRET not in repr(found)


@pytest.mark.parametrize("tree", [{}, [], {"storageServices": []}, job(["x"]), {"bagItProfile": 1}])
def test_what_is_no_settings_is_refused(tree: object) -> None:
    with pytest.raises(FormatError):
        read_settings(encoded(tree), "s.json")


@pytest.mark.parametrize("tree", [profile(), workflow(), job(["x"]), {"bagItProfiles": [profile()]}])
def test_a_profile_is_read_wherever_dart_keeps_it(tree: object) -> None:
    found = parse_profile(encoded(tree), "p.json")
    assert found.identifier == "https://archive.example/profile.json"
    assert (found.serialization, found.accept_serialization) == ("required", ("application/tar",))
    assert (found.manifests_required, found.manifests_allowed) == (("md5",), ("md5", "sha256"))
    assert found.tag_files_allowed == ("*",)
    assert found.bag_info["Source-Organization"].required
    assert not found.allow_fetch
    access = found.other_info["archive-info.txt"]["Access"]
    assert access.required
    assert access.values == ("Open", "Closed")
    assert "bagit.txt" not in found.other_info


@pytest.mark.parametrize(
    "tree",
    [
        profile(tag("../up.txt", "T")), profile(tag("manifest-md5.txt", "T")), profile(tag("data/x.txt", "T")),
        profile(bagItProfileInfo=None), profile(manifestsAllowed="md5"), profile({"tagName": "T"}),
        {"bagItProfiles": [profile(), profile()]}, profile(serialization="sometimes"),
        profile(tag("bag-info.txt", "T", values=[1])),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_kept_to_is_refused(tree: object) -> None:
    with pytest.raises(FormatError):
        parse_profile(encoded(tree), "p.json")
