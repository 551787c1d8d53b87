"""Every service has the same files, so that a stranger knows where to look."""
from tools.checks.source import Problem


def check_services(paths, rules):
    """`paths` of the whole tree.  NAME in [services] `files` is the service's own name; `without` says which one has a
    reason to lack which."""
    there = set(paths)
    services = sorted({path.split("/")[1] for path in paths if path.startswith("services/") and path.count("/") > 1})
    for service in services:
        lacking_with_reason = set(rules["services"]["without"].get(service, []))
        for file in rules["services"]["files"]:
            path = f"services/{service}/{file.replace('NAME', service)}"
            if path in there and file in lacking_with_reason:
                yield Problem(path, 1, f"[services.without] of tools/layers.toml says that {service} has none")
            elif path not in there and file not in lacking_with_reason:
                yield Problem(f"services/{service}/README.md", 1, f"the service has no {path}, as the others do")
