#!/usr/bin/env python3
"""Checks the tree against tools/layers.toml; prints `path:line: rule` and ends with 1 where something is amiss.

    tools/tidy.py [PATH...]     all files of the checkout, or those below the given paths
"""
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.checks.dead import check_dead  # noqa: E402
from tools.checks.documents import check_documents  # noqa: E402
from tools.checks.functions import check_functions  # noqa: E402
from tools.checks.includes import check_includes  # noqa: E402
from tools.checks.services import check_services  # noqa: E402
from tools.checks.settings import check_settings  # noqa: E402
from tools.checks.source import Source, is_below  # noqa: E402
from tools.checks.text import check_names, check_size, check_sleeps, check_words  # noqa: E402


def load_rules(root=ROOT):
    return tomllib.loads((root / "tools" / "layers.toml").read_text())


def check(source, rules, root=ROOT):
    """All problems of one file, by line."""
    if any(is_below(source.path, pattern) for pattern in rules["exempt"]["paths"]):
        return []
    problems = [problem for rule in (check_names, check_size, check_words, check_sleeps, check_includes, check_functions)
                for problem in rule(source, rules)]
    problems += check_documents(source, rules, root)
    problems += check_settings(source, rules, root)
    return sorted(problems, key=lambda problem: problem.line)


def check_together(sources, wanted, rules):
    """Problems that only all files together show, of the wanted ones."""
    code = [source for source in sources if source.suffix in {".cpp", ".hpp"}]
    found = [*check_dead(code), *check_services([source.path for source in sources], rules)]
    return [problem for problem in found if problem.path in wanted]


def tracked(root=ROOT):
    """Files of the tree, new ones included, without what is ignored."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                            capture_output=True, check=True).stdout.decode()
    return sorted(path for path in listed.split("\0") if path and (root / path).is_file())


def read(root, path):
    try:
        return Source(path, (root / path).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return None


def main(arguments):
    rules = load_rules()
    sources = [source for source in (read(ROOT, path) for path in tracked()) if source]
    wanted = [source for source in sources if not arguments or any(is_below(source.path, a.rstrip("/")) for a in arguments)]
    problems = [problem for source in wanted for problem in check(source, rules)]
    problems += check_together(sources, {source.path for source in wanted}, rules)
    for problem in problems:
        print(problem)
    failed = len(problems)
    print(f"tidy: {failed} problem{'' if failed == 1 else 's'}" if failed else "tidy: nothing amiss", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
