#!/usr/bin/env python3
"""Makes base/unicode/data from files of Unicode 15.0: what the code reads of them, and no more.

    tools/unicode_data.py confusables.txt DerivedJoiningType.txt Scripts.txt

confusables.txt is in the sources of ICU 72 (Debian's icu_72.1.orig.tar.gz, source/data/unidata), the other two are in
Debian's package unicode-data 15.0.0. Each must be the file whose SHA-256 stands below.
"""
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parents[1] / "base" / "unicode" / "data"
SCRIPTS = {"Greek", "Hebrew", "Hiragana", "Katakana", "Han"}


def rows_of(text):
    """The fields of each line without comments."""
    for line in text.lstrip("\ufeff").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def confusables(text):
    """A character and what it looks like: `0430 61`."""
    pairs = sorted((int(source, 16), target) for source, target, _ in rows_of(text))
    return [" ".join(f"{number:X}" for number in [source, *(int(one, 16) for one in target.split())])
            for source, target in pairs]


def ranges(text, wanted):
    """First, last, value: `620 620 D`; neighbours of one value are one range."""
    found = []
    for span, value in rows_of(text):
        if value in wanted:
            first, _, last = span.partition("..")
            found.append([int(first, 16), int(last or first, 16), value])
    merged = []
    for one in sorted(found):
        if merged and merged[-1][1] + 1 == one[0] and merged[-1][2] == one[2]:
            merged[-1][1] = one[1]
        else:
            merged.append(one)
    return [f"{first:X} {last:X} {value}" for first, last, value in merged]


FILES = [
    ("confusables.txt", "2b10130885c3370b101c52d7baedc452ab7f0e257b86c1e52ee657ecfc29ce64", confusables),
    ("joining_types.txt", "c4870b11e2b8b7d0eb70b99ce85608e5c28a399efa316cca97238a58ae160e5e", lambda text: ranges(text, {"L", "R", "D", "C", "T"})),
    ("scripts.txt", "cca85d830f46aece2e7c1459ef1249993dca8f2e46d51e869255be140d7ea4b0", lambda text: ranges(text, SCRIPTS)),
]


def main(paths):
    if len(paths) != len(FILES):
        sys.exit(__doc__)
    for path, (name, wanted, make) in zip(paths, FILES):
        content = pathlib.Path(path).read_bytes()
        if hashlib.sha256(content).hexdigest() != wanted:
            sys.exit(f"{path} is not the file that {name} is made from")
        (HERE / name).write_text("\n".join(make(content.decode())) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
