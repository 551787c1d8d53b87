"""Settings: each has a sentence, and something reads it."""
import pathlib
import re

from tools.checks.source import Problem

STRUCT = re.compile(r"BOOST_DESCRIBE_STRUCT\(\s*(\w+),\s*\(\),\s*\(([^()]*)\)\)")
FIELD = re.compile(r'wire::Field\{\s*(?:\.name = )?"(\w+)"(.*?)\}(?=,\s*(?:wire::Field|\}|$))', re.S)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def structs(text):
    """(name, its members, {member: sentence}) of each struct of settings."""
    for match in STRUCT.finditer(text):
        name, members = match.group(1), [part.strip() for part in match.group(2).split(",") if part.strip()]
        start = text.find(f"struct {name} {{")
        body = text[start:match.start()] if start >= 0 else ""
        docs = {field.group(1): "".join(TEXT.findall(field.group(2))) for field in FIELD.finditer(body)}
        yield match, name, members, docs


def readers(path, root):
    """The code of the service or layer that a page of settings belongs to, without the page and without tests."""
    parts = pathlib.PurePosixPath(path).parts
    folder = root.joinpath(*parts[:2 if parts[0] == "services" else 1])
    for file in sorted(folder.rglob("*.[ch]pp")):
        if file != root / path and not {"tests", "fuzz"} & set(file.relative_to(folder).parts):
            yield file.read_text(encoding="utf-8")


def check_settings(source, _rules, root):
    name = pathlib.PurePosixPath(source.path).name
    if name not in ("config.hpp", "platform_config.hpp", "clients_config.hpp") or "wire::Field" not in source.text:
        return
    code = "\n".join(readers(source.path, root))
    for match, struct, members, docs in structs(source.text):
        line = source.line_of(match.start())
        for member in members:
            if not docs.get(member, "").strip():
                yield Problem(source.path, line, f"the setting {struct}.{member} has no sentence")
            if not re.search(rf"(?:\.|->|::){member}\b", code):
                yield Problem(source.path, line, f"nothing reads the setting {struct}.{member}")
