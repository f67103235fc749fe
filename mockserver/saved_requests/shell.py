"""Commands as a shell splits them into words: POSIX with ``$'...'``, and cmd.exe as browsers on Windows write it.

Text is Latin-1 throughout, so every character is a byte of the file.
"""

import re
from collections.abc import Iterator

import msgspec

from mockserver.saved_requests.saved import UnreadableError


class Word(msgspec.Struct):
    """``expands`` is what the shell would have replaced in it, such as ``$BODY``; then its text is not known."""

    text: str
    line: int
    expands: str = ""


_POSIX_CMD_LINE = re.compile(r"""
    (?P<continued> \\\r?\n | `[ \t]*\r?\n )                 # the second is PowerShell's
  | (?P<comment>   (?<![^\s;&|()]) \#[^\n]* )
  | (?P<blank>     [ \t\r\v\f]+ )
  | (?P<end>       [\n;&|()]+ )
  | (?P<redirect>  (?:(?<![^\s;&|()])[0-9])? [<>]+ &? )
  | \\(?P<escaped> . )
  | '(?P<single>   [^']* )'
  | \$'(?P<ansi>   (?:[^'\\] | \\.)* )'
  | \$?"(?P<double> (?:[^"\\] | \\.)* )"
  | (?P<expands>   \$\([^)]*\)? | \$\{[^}]*\}? | \$[A-Za-z0-9_@*\#?!$-]+ | `[^`]*`? )
  | (?P<open>      \$?["'] )
  | (?P<plain>     [^\s;&|()<>\\'"$`]+ | \$ | \\ )
""", re.VERBOSE | re.DOTALL | re.ASCII)  # fmt: skip

_IN_DOUBLE = re.compile(r"""\\\n|\\(?P<escaped>[$`"\\])|(?P<expands>\$(?:[A-Za-z0-9_]+|[({@*#?!$-])|`[^`]*`?)""")

_ANSI = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.)|([abeEfnrtv])|(.))", re.DOTALL
)
_ANSI_LETTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))

_CMD_EXE = re.compile(r"(?<!\S)(?:\^\"|\^[ \t]*\r?$)", re.MULTILINE)
_CARET = re.compile(r"(?P<quoted>\"[^\"\n]*\"?)|\^(?:\r?\n)?(?P<escaped>\r?\n|[^\r\n])?|(?P<end>\r?\n|[&|])")
_WINDOWS_WORD = re.compile(r"(?:[^\s\"\\]|\\\S?|\"(?:[^\"\\]|\\.?|\"\")*\"?)+", re.ASCII | re.DOTALL)
_WINDOWS_PART = re.compile(r"(\\+)(\"?)|(\"\")(?=.)|\"")


def commands(text: str) -> Iterator[list[Word]]:
    """The commands of ``text`` as their words, comments and redirections left out."""
    if "\0" in text:
        raise UnreadableError("neither JSON nor text: it holds a NUL")
    return _windows(text) if _CMD_EXE.search(text) else _posix(text)


def _posix(text: str) -> Iterator[list[Word]]:
    words: list[Word] = []
    word: Word | None = None
    redirected = False
    line = 1
    for token in _POSIX_CMD_LINE.finditer(text):
        kind, value = token.lastgroup or "", token[token.lastgroup or 0]
        if kind == "open":
            raise UnreadableError(f"line {line}: a quote {value} is opened and not closed")
        if kind in ("blank", "end", "redirect", "comment", "continued"):
            if word is not None and kind not in ("comment", "continued"):
                if not redirected:
                    words.append(word)
                word, redirected = None, False
            if kind == "redirect":
                redirected = True
            if kind == "end":
                yield words
                words, redirected = [], False
        else:
            word = word or Word("", line)
            if kind == "expands":
                word.expands = word.expands or _name(value)
            elif kind == "ansi":
                word.text += _ansi(value, line)
            elif kind == "double":
                expansions = (_name(match["expands"]) for match in _IN_DOUBLE.finditer(value) if match["expands"])
                word.expands = word.expands or next(expansions, "")
                word.text += _IN_DOUBLE.sub(lambda match: match["escaped"] or "", value)
            else:
                word.text += value
        line += token[0].count("\n")
    if word is not None and not redirected:
        words.append(word)
    yield words


def _name(expansion: str) -> str:
    """A variable's name; of a command, which may hold a secret, only that there is one."""
    return expansion if re.fullmatch(r"\$\w+", expansion, re.ASCII) else f"{expansion[:2]}..."


def _ansi(text: str, line: int) -> str:
    """``$'...'`` of bash; a character beyond ASCII becomes its UTF-8, and a NUL ends it."""

    def unescaped(match: re.Match[str]) -> str:
        hexadecimal, octal, short, long, control, letter, other = match.groups()
        if hexadecimal or octal:
            return chr(int(hexadecimal, 16) if hexadecimal else int(octal, 8) & 0xFF)
        if short or long:
            return chr(int(short or long, 16)).encode().decode("latin-1")
        if control:
            return chr(ord(control) & 0x1F)
        return _ANSI_LETTERS[letter] if letter else other if other in "\\'\"?" else match[0]

    try:
        return _ANSI.sub(unescaped, text).partition("\0")[0]
    except (ValueError, OverflowError) as error:
        raise UnreadableError(f"line {line}: $'...' holds an escape of a character that does not exist") from error


def _windows(text: str) -> Iterator[list[Word]]:
    """cmd.exe takes its carets away, then the program splits its command line as Microsoft's C library does."""

    def uncaretted(match: re.Match[str]) -> str:
        return "\0" if match["end"] else match["quoted"] or match["escaped"] or ""

    line = 1
    for command in _CARET.sub(uncaretted, text).split("\0"):
        yield [Word(_WINDOWS_PART.sub(_unquoted, word), line) for word in _WINDOWS_WORD.findall(command)]
        line += command.count("\n") + 1


def _unquoted(match: re.Match[str]) -> str:
    """Backslashes are halved before a quote, and an odd one makes it a character of its own."""
    backslashes, quote, doubled = match.groups("")
    if not quote:
        return backslashes or ('"' if doubled else "")
    return backslashes[: len(backslashes) // 2] + ('"' if len(backslashes) % 2 else "")
