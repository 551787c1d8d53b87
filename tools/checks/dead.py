"""Functions that nobody calls: declared in a header, named nowhere else but where they are defined."""
import collections
import re

from tools.checks.source import Problem

NAME = re.compile(r"[A-Za-z_]\w*")
DECLARATION = re.compile(
    r"^[ \t]*(?:(?:virtual|static|inline|constexpr|explicit|friend)[ \t]+)*[\w:<>,&* \t]+[ \t&*](?P<name>[a-z_]\w*)\([^;{]*\)[^;{]*[;{]",
    re.M)
KEYWORDS = {"operator", "return", "if", "while", "for", "switch", "main"}


def check_dead(sources):
    """Of all C++ sources together."""
    places = collections.defaultdict(list)
    for source in sources:
        for match in NAME.finditer(source.code):
            places[match.group()].append((source, match.start()))
    for source in sources:
        if source.suffix != ".hpp":
            continue
        for match in DECLARATION.finditer(source.code):
            name = match.group("name")
            others = [place for place in places[name] if place != (source, match.start("name"))]
            if name not in KEYWORDS and (not others or len(others) == 1 and is_definition(*others[0])):
                yield Problem(source.path, source.line_of(match.start("name")), f"nobody calls {name}")


def is_definition(source, at):
    """True for a name that begins a function in a source file: on a line of its own level, not after `.` or `->`."""
    begin = source.code.rfind("\n", 0, at) + 1
    before = source.code[begin:at]
    return source.suffix == ".cpp" and before[:1].strip() != "" and "(" not in before
