"""Words as bash splits them."""

import re
import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.saved_requests.shell import commands

TEXTS = st.text(st.characters(min_codepoint=1, max_codepoint=255))


def words(text):
    return [word.text for command in commands(text) for word in command]


def chromes_posix(text):
    """DevTools, ``escapeStringPosix``."""
    escaped = "".join(
        f"\\u{ord(character):04x}" if character < " " or character in "\x7f!" else character
        for character in text.replace("\\", "\\\\").replace("'", "\\'")
    )
    return f"$'{escaped}'"


def chromes_cmd(command):
    """A caret before all that is special to cmd.exe, as DevTools writes it."""
    return re.sub(r"[^a-zA-Z0-9 _\-:=+~'/.,?;()*`\\]", r"^\g<0>", command)


@given(st.lists(TEXTS, min_size=1))
def test_what_is_quoted_comes_back(texts):
    assert words(" ".join(map(shlex.quote, texts))) == texts
    assert words(" \\\n ".join(map(chromes_posix, texts))) == texts


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126)), min_size=1))
def test_what_is_quoted_for_windows_comes_back(texts):
    command = chromes_cmd(subprocess.list2cmdline(["curl", *texts]))
    assert words(f'{command} ^\r\n ^"x^"') == ["curl", *texts, "x"]


@pytest.mark.parametrize(
    "line",
    [
        r"""a 'b c' "d e" f\ g 'h'"i"j '' "" """,
        r"""$'\a\b\e\E\f\n\r\t\v\\\'\"\?' $'\x4a\x4' $'\112\7' $'\u4a\U0000004a' $'\cA\z' $'a\0b'c""",
        r""""a\"b\\c\d\`\$" "\
x" $"y" a\
b""",
        "a#b # c 'd",
        "a 2>/dev/null b 2>&1 c2 < /dev/null d",
        "a{b,} ~x =y [z] !v % @ ^ + ,",
    ],
)
def test_bash_agrees(line):
    bash = subprocess.run(
        ["bash", "--norc", "-c", f"set -f +B +H; printf '%s\\0' {line}"], check=True, capture_output=True, timeout=20
    )
    assert words(line) == bash.stdout.decode("latin-1").split("\0")[:-1]


def test_commands_and_lines():
    found = list(commands("set -e; curl 'a\nb' & x |\n(y $Z) `date` # $C\n"))
    assert [[(word.text, word.line, word.expands) for word in command] for command in found if command] == [
        [("set", 1, ""), ("-e", 1, "")],
        [("curl", 1, ""), ("a\nb", 1, "")],
        [("x", 2, "")],
        [("y", 3, ""), ("", 3, "$Z")],
        [("", 3, "`d...")],
    ]
