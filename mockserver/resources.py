"""Where ``openapi/`` and ``fixtures/`` are: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE if (_PACKAGE / "openapi").is_dir() else _PACKAGE.parent

OPENAPI = _ROOT / "openapi"
FIXTURES = _ROOT / "fixtures"
