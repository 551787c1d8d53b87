#!/usr/bin/env python3
"""Compares the codes that the source can answer with docs/protocols/errors.md; lists what is missing on either side,
and rows whose status is none that the source gives that code."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = "docs/protocols/errors.md"
FOLDERS = ("base", "wire", "aio", "contracts", "net", "store", "runtime", "services")
THROWN = re.compile(r'Kind::[a-z_]+,\s*"([a-z]+\.[a-z_]+)"')
NAMED = re.compile(r"`([a-z]+\.[a-z_]+)`")
QUOTED = re.compile(r'"([a-z]+\.[a-z_]+)"')


ROW = re.compile(r"^\| (\d{3}) \| `([a-z]+\.[a-z_]+)` \|", re.MULTILINE)
OF_KIND = re.compile(r'Kind::([a-z_]+),\s*"([a-z]+\.[a-z_]+)"')
STATUS = {
    "malformed": 400, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "not_allowed": 405, "conflict": 409,
    "gone": 410, "too_large": 413, "unsupported": 415, "invalid": 422, "limited": 429, "internal": 500,
    "unavailable": 503, "timed_out": 504, "unpaid": 402, "precondition": 412,
}


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


def wrong_statuses(root=ROOT):
    """(code, status on the page, statuses of the source) of rows that do not agree."""
    given = {}
    for text in sources(root):
        for kind, code in OF_KIND.findall(text):
            given.setdefault(code, set()).add(STATUS.get(kind, 0))
    rows = ROW.findall((root / PAGE).read_text())
    return [(code, status, sorted(given[code])) for status, code in rows if code in given and int(status) not in given[code]]


def main():
    missing, gone = compare()
    wrong = wrong_statuses()
    for code in missing:
        print(f"{PAGE}: {code} can be answered, but is not listed")
    for code in gone:
        print(f"{PAGE}: {code} is listed, but nothing answers it")
    for code, status, given in wrong:
        print(f"{PAGE}: {code} is {status} there, and {given} in the source")
    return 1 if missing or gone or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
