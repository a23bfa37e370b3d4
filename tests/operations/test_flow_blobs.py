"""Blobs: what is put in comes out, once, for the program's eyes alone."""

import hashlib
import stat

import pytest

from qudao.kernel import blobs, errors


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("QUDAO_HOME", str(tmp_path))
    return tmp_path


def files(home):
    return [path for path in (home / "blobs").rglob("*") if path.is_file()]


def test_a_blob_comes_back_byte_for_byte_under_the_digest_of_its_content():
    digest = blobs.put(b"\x00flow\xff")
    assert digest == hashlib.sha256(b"\x00flow\xff").hexdigest()
    with blobs.open(digest) as found:
        assert found.read() == b"\x00flow\xff"


def test_the_same_content_is_kept_once_and_no_draft_stays(home):
    assert blobs.put(b"one") == blobs.put(b"one")
    blobs.put(b"two")
    assert len(files(home)) == 2


def test_nobody_else_may_read_a_blob(home):
    blobs.put(b"secret")
    [path] = files(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("digest", ["0" * 64, "../../secret_key", "", "A" * 64, "0" * 63])
def test_an_address_that_holds_nothing_is_not_found(home, digest):
    (home / "secret_key").write_text("x")
    with pytest.raises(errors.NotFound):
        blobs.open(digest)
