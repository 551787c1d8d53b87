"""Markdown: what it lists must be there."""
import pathlib
import re

from tools.checks.source import Problem

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
# An entry of a list of files: a name in backticks where a line, a bullet, a table row or a `·` begins.
ENTRY = re.compile(r"(?:^|·)[ \t]*(?P<mark>[-*|][ \t]*)?`(?P<name>[a-z0-9_][a-z0-9_./-]*)`", re.M)
FILE_LIKE = re.compile(r"\.(?:cpp|hpp|py|sh|md|toml|cmake|ts|tsx|sql|json|jsonl)$|/$")


def listed_services(text):
    """The names that services/services.cmake lists, in its order."""
    return re.findall(r'^  "(\w+)[ \w/]*"$', text, re.M)


def check_services(source, text, root):
    """A table of services has a row for each, and no other."""
    lists = root / "services" / "services.cmake"
    if not lists.exists():
        return
    services = set(listed_services(lists.read_text()))
    for table in re.finditer(r"^\| service \|.*\n\|[-|: ]+\|\n(?P<rows>(?:\|.*\n)+)", text, re.M):
        rows = set(re.findall(r"^\| `(\w+)`", table.group("rows"), re.M))
        for name in sorted(services ^ rows):
            what = "lacks" if name in services else "has"
            yield Problem(source.path, source.line_of(table.start()), f"the table of services {what} `{name}`")


def without_fences(text):
    return re.sub(r"^```.*?^```", lambda m: re.sub(r"[^\n]", "", m.group()), text, flags=re.M | re.S)


def check_documents(source, rules, root):
    if source.suffix != ".md":
        return
    text, folder = without_fences(source.text), (root / source.path).parent
    for match in LINK.finditer(text):
        if not (folder / match.group(1)).exists():
            yield Problem(source.path, source.line_of(match.start()), f"the link {match.group(1)} leads nowhere")
    titles = len(re.findall(r"^# \S", text, re.M))
    if titles != 1:
        yield Problem(source.path, 1, f"a document has one title; this one has {titles}")
    yield from check_tables(source, text)
    yield from check_services(source, text, root)
    if pathlib.PurePosixPath(source.path).name == "README.md":
        yield from check_entries(source, text, folder, rules)


def cells(row):
    """How many a row of a table has; a bar in code or behind a backslash parts nothing."""
    return len(re.sub(r"`[^`]*`|\\\|", "", row.strip().strip("|")).split("|"))


def check_tables(source, text):
    lines, columns = text.splitlines(), 0
    for number, line in enumerate(lines, 1):
        is_row = line.lstrip().startswith("|")
        if is_row and not columns:
            columns = cells(line)
            if number >= len(lines) or not re.fullmatch(r"[|:\s-]+", lines[number] or "x"):
                yield Problem(source.path, number, "a table needs |---| below its head")
        elif is_row and cells(line) != columns:
            yield Problem(source.path, number, f"a row of {cells(line)} cells in a table of {columns}")
        columns = columns if is_row else 0


def check_entries(source, text, folder, rules):
    """A bare word is an entry only in the README of a layer, in a `a` what · `b` what list."""
    is_code_folder = source.path.split("/")[0] in rules["layers"]
    for match in ENTRY.finditer(text):
        name = match.group("name")
        start, end = text.rfind("\n\n", 0, match.start() + 1), text.find("\n\n", match.end())
        has_dots = "·" in text[max(start, 0):end if end >= 0 else None]
        is_bare = is_code_folder and has_dots and not match.group("mark") and "." not in name
        if (FILE_LIKE.search(name) or is_bare) and not is_there(folder, name):
            line = source.line_of(match.start("name"))
            yield Problem(source.path, line, f"lists `{name}`, which is not there")


def is_there(folder, name):
    root = folder
    while root.parent != root and not (root / "CMakeLists.txt").exists():
        root = root.parent
    # The page of services/ speaks of every service at once.
    bases = [folder, root, *(path for path in folder.iterdir() if folder.name == "services" and path.is_dir())]
    return any((base / name).exists() or any(base.glob(f"{name.rstrip('/')}.*")) for base in bases)
