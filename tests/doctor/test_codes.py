"""Every code that the fake can give is in the table for users, and no other."""

import re
from pathlib import Path

import mockserver
from mockserver.doctor.mistakes import MISTAKES
from mockserver.doctor.signature.diagnose import PREFIX

PACKAGE = Path(mockserver.__file__).parent
KINDS = "argument|body|key|limit|method|nonce|otp|path|permission|query|replay|server|signature"


def test_the_table_is_complete():
    sources = "".join(source.read_text() for source in PACKAGE.rglob("*.py"))
    given = set(re.findall(rf'"((?:{KINDS})/[a-z0-9-]*[a-z0-9])"', sources)) | {PREFIX + code for code in MISTAKES}
    table = re.findall(r"^\| `([^`]+)` \|", (PACKAGE / "doctor" / "README.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted({*given, PREFIX + "mismatch", PREFIX + "malformed"})
