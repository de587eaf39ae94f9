"""Fields of recorded cases that are excused by name, and the cases with these mended, which are compared too.

`excused.json` names for each case the fields and the reason, of one of two kinds:

- `stand-in`: the field is decided by what stands in for a service of AWS (moto's server): a header, a checksum, a
  number that it does not give. `without` says which fields the recording then has not.
- `outdated`: a later recording, named in `later`, shows what AWS has answered since. `with` says what it adds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from jsonpath_ng.parser import parse

ExcuseKind: TypeAlias = Literal["stand-in", "outdated"]

EXCUSED: Final = Path(__file__).parents[1] / "compliance" / "recorded" / "excused.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """What is excused of one case.

    Attributes:
        case: its name.
        kind: who decides the fields.
        reason: why they are excused.
        without: JSONPaths, within what AWS answered, of fields that are not to be there.
        more: what is to be there beside what was recorded, by the JSONPaths of the objects that it joins.
        later: the case of the later recording.
    """

    case: str
    kind: ExcuseKind
    reason: str
    without: Sequence[str] = ()
    more: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    later: str | None = None

    def mended(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """The case as it is compared with the excuse.

        Raises:
            ValueError: a path leads nowhere in the recording, or what is to be added is there.
        """
        mended = deepcopy(dict(case))
        for path in self.without:
            found = parse(path)
            if not found.find(mended["expected"]):
                raise ValueError(f"{self.case}: nothing was recorded at {path}")
            mended["expected"] = found.filter(lambda _: True, mended["expected"])
        for path, members in self.more.items():
            for answer in self._objects(mended["expected"], path):
                if members.keys() & answer.keys():
                    raise ValueError(f"{self.case}: what is to be added at {path} was recorded")
                answer.update(members)
        return mended

    def _objects(self, expected: Any, path: str) -> Iterator[dict[str, Any]]:
        found = [match.value for match in parse(path).find(expected)]
        if not found:
            raise ValueError(f"{self.case}: nothing was recorded at {path}")
        yield from found


def excuses() -> dict[str, Excuse]:
    """The excuses of `EXCUSED`, by case."""
    listed = (
        Excuse(
            case=case,
            kind=entry["kind"],
            reason=entry["reason"],
            without=entry.get("without", ()),
            more=entry.get("with", {}),
            later=entry.get("later"),
        )
        for entry in json.loads(EXCUSED.read_text("utf-8"))
        for case in entry["cases"]
    )
    return {excuse.case: excuse for excuse in listed}


def write_mended(recorded: Path, folder: Path, known: Mapping[str, Excuse]) -> None:
    """Write the cases of `recorded` that are excused to `folder`, mended.

    Raises:
        ValueError: an excuse does not fit its case.
    """
    folder.mkdir()
    for path in sorted(recorded.glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        excuse = known.get(case["name"])
        if excuse is not None:
            (folder / path.name).write_text(json.dumps(excuse.mended(case)), "utf-8")
