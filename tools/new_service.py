#!/usr/bin/env python3
"""Makes a service that builds: tools/new_service.py NAME [--root FOLDER]

Writes contracts/NAME/ and services/NAME/ from tools/service_template, and a line into services/services.cmake.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "tools" / "service_template"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SERVICES = re.compile(r"(set\(LOQUAT_SERVICES\n[^)]*)\)")


def rename(text, name):
    """The template's words in the forms that the name has in code, in types and in paths."""
    pascal = "".join(part.capitalize() for part in name.split("_"))
    return text.replace("newthing", name).replace("Newthing", pascal).replace("new-thing", name.replace("_", "-"))


def make_service(name, root):
    """Returns the paths written, relative to ROOT; raises ValueError for a name that cannot be used."""
    if not NAME.fullmatch(name) or len(name) > 32:
        raise ValueError(f"'{name}' is no name for a service: small letters, digits and single underscores")
    targets = {source: root / rename(str(source.relative_to(TEMPLATE)), name)
               for source in sorted(TEMPLATE.rglob("*")) if source.is_file()}
    there = [target for target in targets.values() if target.exists()]
    if there:
        raise ValueError(f"{there[0].relative_to(root)} is there already")
    cmake = root / "services" / "services.cmake"
    listed, found = SERVICES.subn(rf'\1  "{name} {name}/{name}"\n)', cmake.read_text(), count=1)
    if not found:
        raise ValueError("services/services.cmake has no list of services")
    for source, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rename(source.read_text(), name))
    cmake.write_text(listed)
    return [str(target.relative_to(root)) for target in targets.values()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="snake_case, such as wish_list")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="another checkout")
    chosen = parser.parse_args()
    try:
        written = make_service(chosen.name, chosen.root)
    except ValueError as error:
        sys.exit(f"new_service: {error}")
    print("\n".join(written))
    print(f"\nnext: ./dev build dev {chosen.name}_tests && build/dev/bin/{chosen.name}_tests\n"
          f"then: state its contract in contracts/{chosen.name}/{chosen.name}.hpp; "
          "what its tests can use is in testing/README.md")


if __name__ == "__main__":
    main()
