#!/usr/bin/env python3
"""Compares the codes that the source can answer with docs/protocols/errors.md; lists what is missing on either side."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = "docs/protocols/errors.md"
FOLDERS = ("base", "wire", "aio", "contracts", "net", "store", "runtime", "services")
THROWN = re.compile(r'Kind::[a-z_]+,\s*"([a-z]+\.[a-z_]+)"')
NAMED = re.compile(r"`([a-z]+\.[a-z_]+)`")
QUOTED = re.compile(r'"([a-z]+\.[a-z_]+)"')


def sources(root):
    for folder in FOLDERS:
        for path in (root / folder).rglob("*.[ch]pp"):
            if not {"tests", "fuzz"} & set(path.relative_to(root).parts):
                yield path.read_text()


def compare(root=ROOT):
    """(codes that are thrown but not on the page, codes on the page that the source does not have)."""
    thrown, quoted = set(), set()
    for text in sources(root):
        thrown |= set(THROWN.findall(text))
        quoted |= set(QUOTED.findall(text))
    listed = set(NAMED.findall((root / PAGE).read_text())) - {"platform.origins"}
    return sorted(thrown - listed), sorted(listed - quoted - thrown)


def main():
    missing, gone = compare()
    for code in missing:
        print(f"{PAGE}: {code} can be answered, but is not listed")
    for code in gone:
        print(f"{PAGE}: {code} is listed, but nothing answers it")
    return 1 if missing or gone else 0


if __name__ == "__main__":
    sys.exit(main())
