"""Generate the Python modules of the gRPC API: `python -m api.proto.generate`, after each change of a .proto file.

The modules are committed, so that neither users nor images need a compiler; a test generates them anew and compares.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

from grpc_tools import protoc  # type: ignore[import-untyped]  # ships neither stubs nor py.typed

ROOT = Path(__file__).resolve().parents[2]
PROTO_FILE = "api/proto/v1/steploom.proto"


def generate(target: Path) -> None:
    """Write the generated modules below `target`, at the same paths as their .proto file has below the root.

    Raises:
        SystemExit: protoc refuses the file; it has said why on standard error.
    """
    well_known_types = resources.files("grpc_tools") / "_proto"
    status = protoc.main(
        [
            "protoc",
            f"--proto_path={ROOT}",
            f"--proto_path={well_known_types}",
            f"--python_out={target}",
            f"--pyi_out={target}",
            f"--grpc_python_out={target}",
            PROTO_FILE,
        ]
    )
    if status != 0:
        raise SystemExit(status)


def main() -> None:
    """Generate into the source tree."""
    generate(ROOT)
    sys.stdout.write(f"Generated the modules of {PROTO_FILE}.\n")


if __name__ == "__main__":
    main()
