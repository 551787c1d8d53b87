"""Proves that what tools/new_service.py makes is taken up by CMake, compiles and passes its own tests.

The tree is copied without its builds; the new files are compiled with the release build's own commands and linked to
its libraries, so that nothing else is compiled twice.
"""
import json
import pathlib
import shlex
import shutil
import subprocess
import tempfile

from tools.new_service import make_service
from tools.testing.process import ROOT, run
from tools.testing.suites import RELEASE, Count, gtest, one

NAME = "wish_list"
DROPPED_WITH_VALUE = {"-o", "-c", "-MF", "-MT"}


def copy_tree(target):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, check=True).stdout.decode()
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file() and not path.startswith("web/"):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, target / path)
    (target / "web").mkdir(exist_ok=True)


def compile_flags(tree):
    """The flags of a file of the release build, without its names; TREE is looked into first."""
    entries = json.loads((RELEASE / "compile_commands.json").read_text())
    parts = shlex.split(next(entry["command"] for entry in entries if "/services/" in entry["file"]))
    parts = parts[next(i for i, part in enumerate(parts) if "clang++" in part or part.endswith("g++")):]
    flags, at = [parts[0], f"-I{tree}"], 1
    while at < len(parts):
        is_pch = parts[at] == "-Xclang" and ("pch" in parts[at + 1] or parts[at + 1] == "-include")
        if parts[at] in DROPPED_WITH_VALUE:
            at += 2
        elif is_pch:
            at += 2 if parts[at + 1].startswith("-fno") else 4
        else:
            flags.append(parts[at])
            at += 1
    return [*(flag for flag in flags if flag not in ("-MD", "-Winvalid-pch")), "-include", f"{tree}/cmake/pch.hpp"]


def link_command(objects, output):
    """As an existing suite of a service is linked, with other objects."""
    listed = subprocess.run(["ninja", "-C", RELEASE, "-t", "commands", "auth_tests"], capture_output=True, text=True, check=True)
    command = listed.stdout.strip().splitlines()[-1]
    parts = [part for part in shlex.split(command) if part not in (":", "&&")]
    kept = [part for part in parts if not part.endswith(".o") and not part.endswith("libservice_auth.a")]
    kept[kept.index("-o") + 1] = str(output)
    return [kept[0], *map(str, objects), *kept[1:]]


def check(log):
    with tempfile.TemporaryDirectory(prefix="new-service-") as folder:
        tree = pathlib.Path(folder) / "tree"
        tree.mkdir()
        copy_tree(tree)
        written = [tree / path for path in make_service(NAME, tree)]
        count = one(run(["cmake", "--preset", "release", f"-DLOQUAT_SOURCES={ROOT}/.cache/sources"], log, 120, tree))
        count += one(run(["ninja", "-C", tree / "build" / "release", "-t", "query", f"{NAME}_tests"], log, 60, append=True))
        generated = [tree / "build" / "release" / "generated" / f"{kind}_registry.cpp" for kind in ("contracts", "services")]
        count += one(0 if all(NAME in path.read_text() for path in generated) else 1)
        flags, objects = compile_flags(tree), []
        for source in generated:
            count += one(run([*flags, "-fsyntax-only", source], log, 120, append=True))
        for source in (path for path in written if path.suffix == ".cpp"):
            objects.append(pathlib.Path(folder) / f"{len(objects)}.o")
            count += one(run([*flags, "-c", source, "-o", objects[-1]], log, 120, append=True))
        binary = pathlib.Path(folder) / f"{NAME}_tests"
        linked = one(run(link_command(objects, binary), log, 120, RELEASE, append=True))
        tested = gtest([binary], log.with_name("new-service-tests.log")) if linked.passed else Count()
        return count + linked + tested
