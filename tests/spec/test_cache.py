"""Remembered documents: never stale, never in the way."""

import pytest

from mockserver.spec import cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kraken-mock"


def test_computed_once_per_source(folder):
    made = []

    def compute() -> bytes:
        made.append(1)
        return b"%d" % len(made)

    assert [cache.remembered([source], compute) for source in (b"a", b"a", b"b", b"a")] == [b"1", b"1", b"2", b"1"]
    assert cache.remembered([b"a", b"b"], compute) != cache.remembered([b"ab"], compute)
    assert len(list(folder.iterdir())) == 4, "and no temporary file"


def test_a_folder_that_cannot_be_written(folder):
    folder.write_text("a file stands in the way")
    assert cache.remembered([b"a"], lambda: b"made") == b"made"


def test_old_entries_are_removed(folder, monkeypatch):
    monkeypatch.setattr(cache, "_ENTRIES", 2)
    for source in (b"a", b"b", b"c"):
        cache.remembered([source], lambda: b"")
    assert len(list(folder.iterdir())) == 2


def test_a_failure_is_not_remembered(folder):
    def fail() -> bytes:
        raise ValueError("cannot be made")

    with pytest.raises(ValueError, match="cannot be made"):
        cache.remembered([b"a"], fail)
    assert cache.remembered([b"a"], lambda: b"made") == b"made"


def test_a_damaged_entry_is_made_anew(folder):
    assert cache.remembered([b"a"], lambda: b"made") == b"made"
    (entry,) = folder.iterdir()
    for damaged in (b"", entry.read_bytes()[:-1], b"foreign", entry.read_bytes() + b"x"):
        entry.write_bytes(damaged)
        assert cache.remembered([b"a"], lambda: b"again") == b"again"
        assert cache.remembered([b"a"], lambda: b"not needed") == b"again"


def test_the_folder_is_its_users_alone(folder, monkeypatch):
    cache.remembered([b"a"], lambda: b"made")
    assert folder.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(cache.os, "getuid", lambda: folder.stat().st_uid + 1)
    assert cache.remembered([b"a"], lambda: b"again") == b"again"


def test_without_a_home_nothing_is_remembered(tmp_path, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(cache.Path, "home", homeless)
    monkeypatch.setattr(cache.tempfile, "tempdir", str(tmp_path))
    assert [cache.remembered([b"a"], lambda made=made: made) for made in (b"1", b"2")] == [b"1", b"2"]
    assert not list(tmp_path.iterdir())
