import codecs
import json
import os
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.files import FORMATS, read_recordings, write_entries, write_recordings, write_whole
from mockserver.replay.recording import RecordingError
from tests.replay.made import of_futures, of_spot
from tests.replay.strategies import placed, read_or_error, recordings

SESSION = [
    of_spot("/0/private/Balance", {"ZUSD": "1.50"}),
    of_futures("/derivatives/api/v3/accounts", {"result": "success"}),
]
BARE = b'{"error":[],"result":{"ZUSD":"1.50"}}'
CASSETTE = "".join([FORMATS["cassette"].head, *map(FORMATS["cassette"].entry, SESSION), FORMATS["cassette"].tail])


def refused(*paths: str | Path) -> str:
    with pytest.raises(RecordingError) as raised:
        read_recordings(paths)
    return str(raised.value)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_written_is_read_back(here: Path, format: str) -> None:
    write_recordings(Path("session"), iter(SESSION), format=format)
    assert read_recordings(["session"]) == placed(SESSION, "session")


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_its_head_its_entries_and_its_tail(here: Path, format: str) -> None:
    parts = FORMATS[format]
    write_entries(Path("entries"), parts, map(parts.entry, SESSION))
    write_recordings(Path("session"), SESSION, format=format)
    whole = parts.head + parts.separator.join(map(parts.entry, SESSION)) + parts.tail
    assert Path("entries").read_text() == Path("session").read_text() == whole


def test_a_file_without_entries_is_one_of_its_format(here: Path) -> None:
    write_recordings(Path("a.yaml"), [])
    write_recordings(Path("a.har"), [], format="har")
    assert yaml.safe_load(Path("a.yaml").read_text()) == {"interactions": [], "version": 1}
    assert json.loads(Path("a.har").read_text())["log"]["entries"] == []
    for name in ("a.yaml", "a.har"):
        assert refused(name) == (
            f"{name}: holds no recordings: expected a vcrpy cassette, a HAR or an answer of Kraken's as JSON"
        )


def test_folders_are_read_by_path_and_paths_as_given(here: Path) -> None:
    for name in ("rec/b/x.yml", "rec/a.yaml", "rec/c.har", "other.yaml"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        write_recordings(Path(name), SESSION, format="har" if name.endswith("har") else "cassette")
    Path("rec/B.JSON").write_bytes(BARE)
    Path("rec/README.md").write_text("# not one")
    Path("rec/package.json").write_text('{"name": "x"}')
    Path("rec/.hidden").mkdir()
    Path("rec/.hidden/x.yaml").write_text("- no cassette")
    Path("rec/.x.yaml.tmp.yaml").write_text("- no cassette")
    found = read_recordings(["other.yaml", "rec"])
    assert [(one.file, one.number) for one in found] == [
        ("other.yaml", 1), ("other.yaml", 2), ("rec/B.JSON", 1), ("rec/a.yaml", 1), ("rec/a.yaml", 2),
        ("rec/b/x.yml", 1), ("rec/b/x.yml", 2), ("rec/c.har", 1), ("rec/c.har", 2),
    ]  # fmt: skip


def test_a_file_that_is_given_twice_counts_once(here: Path) -> None:
    Path("rec").mkdir()
    write_recordings(Path("rec/a.yaml"), SESSION)
    assert read_recordings(["rec/a.yaml", "rec", here / "rec/a.yaml"]) == read_recordings(["rec/a.yaml"])


def test_a_format_is_told_by_what_stands_in_the_file(here: Path) -> None:
    tree = yaml.safe_load(CASSETTE)
    for name, text in [
        ("a.json", json.dumps(tree)),
        ("a.yaml", json.dumps(tree)),
        ("b.yaml", yaml.safe_dump(tree, default_flow_style=True)),
        ("a.txt", CASSETTE),
        ("a.har", CASSETTE),
    ]:
        Path(name).write_text(text)
        assert read_recordings([name]) == placed(SESSION, name)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_windows_encodings_are_taken(here: Path, encoding: str) -> None:
    Path("a.yaml").write_text(CASSETTE, encoding=encoding)
    assert read_recordings(["a.yaml"]) == placed(SESSION, "a.yaml")
    Path("a.json").write_text(BARE.decode(), encoding=encoding)
    assert read_recordings(["a.json"])[0].answer.body == BARE


def test_what_holds_no_recordings_is_refused(here: Path) -> None:
    formats = "expected a vcrpy cassette, a HAR or an answer of Kraken's as JSON"
    Path("empty").mkdir()
    Path("empty/other.json").write_text("{}")
    Path("nothing.yaml").write_text("")
    Path("list.yaml").write_text("- 1")
    Path("other.yaml").write_text("{a: b}")
    Path("ruby.yml").write_text("http_interactions: []\nrecorded_with: VCR 6.1.0\n")
    assert refused("empty") == f"empty: holds no recordings: {formats}"
    assert refused("empty/other.json") == f"empty/other.json: not a recording: {formats}"
    for name in ("nothing.yaml", "list.yaml", "other.yaml"):
        assert refused(name).startswith(f"{name}: not a cassette, it has no list of interactions")
    assert refused("ruby.yml").startswith("ruby.yml: a cassette of Ruby's VCR or of betamax, not of vcrpy")


def test_what_cannot_be_read_is_refused(here: Path) -> None:
    assert refused("no.yaml") == "no.yaml: cannot be read: No such file or directory"
    assert refused("a\0b") == "'a\\x00b': cannot be read: embedded null byte"
    Path("rec").mkdir()
    Path("rec/cut.yaml").write_text(CASSETTE[: CASSETTE.index("ZUSD")])
    assert refused("rec") == "rec/cut.yaml: line 12: not YAML: found unexpected end of stream"
    Path("cut.json").write_text('{"error": [],\n "result": {')
    assert refused("cut.json").startswith("cut.json: line 2, column 13: not JSON: ")
    Path("latin1.yaml").write_bytes(b"a:\n- \xe9")
    assert refused("latin1.yaml") == "latin1.yaml: line 2: not UTF-8 text; save it as UTF-8"


@given(st.lists(recordings(), min_size=1, max_size=2), st.sampled_from(sorted(FORMATS)), st.data())
def test_any_part_of_a_file_is_read_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, given: list[object], format: str, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / f"part.{format}"
    write_recordings(path, given, format=format)  # type: ignore[arg-type]
    whole = path.read_bytes()
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    path.write_bytes(whole[:start] + data.draw(st.binary(max_size=3)) + whole[end:])
    _, error = read_or_error(lambda: read_recordings([path]))
    assert not error or error.startswith(f"{path}: ")


@given(st.binary(max_size=100), st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]))
def test_any_bytes_are_read_or_one_error(tmp_path_factory: pytest.TempPathFactory, content: bytes, mark: bytes) -> None:
    for name in ("any.yaml", "any.har"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(mark + content)
        with pytest.raises(RecordingError):
            read_recordings([path])


def test_the_mode_of_a_file_is_kept(here: Path) -> None:
    path = Path("a.yaml")
    path.write_text("old")
    path.chmod(0o640)
    write_recordings(path, SESSION)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    umask = os.umask(0o027)
    try:
        write_recordings(Path("new.yaml"), SESSION)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(Path("new.yaml").stat().st_mode) == 0o640


def test_a_link_stays_a_link(here: Path) -> None:
    Path("real.yaml").write_text("old")
    Path("link.yaml").symlink_to("real.yaml")
    write_recordings(Path("link.yaml"), SESSION)
    assert Path("link.yaml").is_symlink()
    assert len(read_recordings(["real.yaml"])) == 2


def test_a_failed_write_leaves_the_old_file_and_nothing_else(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("a.yaml")
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(RecordingError, match=r"^a\.yaml: cannot be written: No space left on device$"):
            write_recordings(path, SESSION)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, "new")
    assert [one.name for one in here.iterdir()] == ["a.yaml"]
    assert path.read_text() == "old"


def test_recordings_that_cannot_be_rendered_leave_the_old_file(here: Path) -> None:
    path = Path("a.yaml")
    path.write_text("old")

    def broken():  # type: ignore[no-untyped-def]
        yield SESSION[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_recordings(path, broken())
    assert [one.name for one in here.iterdir()] == ["a.yaml"]
    assert path.read_text() == "old"


def test_a_folder_that_is_not_there_is_an_error(here: Path) -> None:
    with pytest.raises(RecordingError, match=r"^no/a\.yaml: cannot be written: No such file or directory$"):
        write_recordings(Path("no/a.yaml"), SESSION)


def test_a_reader_sees_a_whole_file_at_any_time(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("a.yaml")
    write_recordings(path, SESSION[:1])
    seen = []
    replace = Path.replace

    def looking(self: Path, target: Path) -> Path:
        seen.append(len(read_recordings([path])))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", looking)
    write_recordings(path, SESSION)
    assert seen == [1]
    assert len(read_recordings([path])) == 2
