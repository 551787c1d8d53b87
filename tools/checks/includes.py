"""Arrows between layers, and who may read whose headers."""
import re

from tools.checks.source import Problem, is_below

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def check_includes(source, rules):
    if source.suffix not in {".cpp", ".hpp", ".h"}:
        return
    for match in INCLUDE.finditer(source.text):
        line, (kind, name) = source.line_of(match.start()), match.groups()
        if kind == '"':
            yield from own_include(source, line, name, rules)
            yield from room_include(source, line, name, rules["rooms"])
            yield from adapter_include(source, line, name, rules["adapters"])
        else:
            yield from foreign_include(source, line, name, rules)


def own_include(source, line, name, rules):
    layers, here, there = rules["layers"], source.path.split("/"), name.split("/")
    if here[0] not in layers:
        return
    mine, theirs = layer_of(here, layers), layer_of(there, layers)
    may = {mine, *layers[mine], *({"testing"} if {"tests", "fuzz"} & set(here[1:-1]) else ())}
    if there[0] not in layers:
        if "/" in name or not name.endswith(".gen.hpp"):
            yield Problem(source.path, line, f"include {name} from the root of the tree")
    elif theirs not in may:
        yield Problem(source.path, line, f"{mine} may not include {theirs} ({name})")
    elif here[0] == there[0] == "services" and here[1] != there[1] and not is_filled_by_a_test(source, there[1], rules):
        yield Problem(source.path, line, f"service {here[1]} may not include service {there[1]} ({name})")


def layer_of(parts, layers):
    """The folder that the rules name: a folder of the root, or one below it that has rules of its own."""
    inner = "/".join(parts[:2])
    return inner if inner in layers else parts[0]


def is_filled_by_a_test(source, service, rules):
    """Whether the file is a test of a service that reads what the other one stores."""
    here = source.path.split("/")
    return "tests" in here[2:-1] and service in rules["services"]["tests"].get(here[1], [])


def room_include(source, line, name, rooms):
    """Inside one service, from a room to another one or to what stands before the rooms."""
    here, there = source.path.split("/"), name.split("/")
    if here[:1] != ["services"] or here[:2] != there[:2] or len(here) < 4 or "tests" in here or "fuzz" in here:
        return
    service, room = here[1], here[2]
    if there[-1] in rooms["leaves"]:
        return
    may = {**rooms["every"], **rooms.get(service, {})}.get(room)
    if may is None:
        if service in rooms:
            yield Problem(source.path, line, f"{service}/{room} is not among the rooms of tools/layers.toml")
    elif len(there) == 3:
        yield Problem(source.path, line, f"a room may not include what puts the rooms together ({name})")
    elif there[2] != room and there[2] not in may:
        yield Problem(source.path, line, f"{service}/{room} may not include {service}/{there[2]} ({name})")


def adapter_include(source, line, name, adapters):
    for prefix, allowed in adapters.items():
        if name.startswith(prefix) and not any(is_below(source.path, path) for path in allowed):
            yield Problem(source.path, line, f"{name} is an adapter: ask for its port")


def foreign_include(source, line, name, rules):
    known = [prefix for prefix in rules["third_party"] if name.startswith(prefix)]
    if known:
        allowed = rules["third_party"][max(known, key=len)]
        if not any(is_below(source.path, path) for path in allowed):
            where = ", ".join(allowed) or "no file"
            yield Problem(source.path, line, f"<{name}> may be read only in {where}")
    costly = rules["only_in_sources"]
    if source.suffix != ".cpp" and any(name.startswith(prefix) for prefix in costly["headers"]):
        if not any(is_below(source.path, path) for path in costly["except"]):
            yield Problem(source.path, line, f"<{name}> is costly: read it in a .cpp only")
