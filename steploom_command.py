"""The console script `steploom`, in a module of its own: others, too, have packages named `api`.

Where PYTHONPATH leads to such a one first, that is said before it is imported.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import Final, NoReturn

_PACKAGES: Final = ("interpreter", "activities", "api")
_FOLDER: Final = os.path.dirname(__file__)


def main() -> NoReturn:
    """Run one command and exit, with 2 where other packages hide steploom's own."""
    for name in _PACKAGES:
        spec = find_spec(name)
        found = None if spec is None else spec.origin
        if found is not None and os.path.dirname(found) != os.path.join(_FOLDER, name):
            print(
                f"error: Python finds {found} where steploom's own package {name!r} is meant. Start steploom with a "
                "PYTHONPATH that does not lead there.",
                file=sys.stderr,
            )
            sys.exit(2)
    from api.cli import main as run

    run()
