"""The list of small faults: what each changes, and the suite that must notice it."""
import dataclasses
import pathlib
import tomllib

from tools.testing.process import ROOT

FOLDER = pathlib.Path(__file__).with_name("faults")


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str      # unique; what goes wrong, as in a bug report
    file: str      # below the root of the checkout
    before: str    # stands exactly once in the file
    after: str
    suite: str     # a C++ suite (`chat`), `web-unit`, or `faults`: what happens on real servers (tools/faults)
    only: str = "" # a filter of that suite's tests: gtest's pattern, a path for vitest, or faults
    also: tuple = ()  # further changes that are part of it, as (file, before, after): what one rule alone would still catch

    def changes(self):
        """(file, before, after) of all of them."""
        return [(self.file, self.before, self.after), *self.also]


class BadList(Exception):
    """What is wrong with the list, one line each."""


def load(folder=FOLDER):
    """All faults of FOLDER/*.toml, in the order of files and lines."""
    faults = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("fault", []):
            try:
                also = tuple((one["file"], one["before"], one["after"]) for one in entry.pop("also", []))
                faults.append(Fault(**entry, also=also))
            except (TypeError, KeyError) as error:
                raise BadList(f"{path.name}: {entry.get('name', 'a fault without a name')}: {error}") from error
    return faults


def problems(faults, root=ROOT):
    """Why faults cannot be put in: the code has moved on, or a name stands twice."""
    found, seen, texts = [], set(), {}
    for fault in faults:
        if fault.name in seen:
            found.append(f"{fault.name}: this name stands twice")
        seen.add(fault.name)
        for file, before, after in fault.changes():
            path = root / file
            if not path.is_file():
                found.append(f"{fault.name}: there is no {file}")
                continue
            text = texts.setdefault(file, path.read_text(encoding="utf-8"))
            if (count := text.count(before)) != 1:
                found.append(f"{fault.name}: `before` stands {count} times in {file}, not once")
            if before == after:
                found.append(f"{fault.name}: changes nothing")
    return found
