"""Names, sizes and words."""
import re

from tools.checks.source import C_LIKE, Problem, is_below

CODE = C_LIKE | {".py", ".sh", ".cmake", ".css", ".sql"}
LEFT_OPEN = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
DETACHED = re.compile(r"\bdetached\b")
SLEEPS = {
    "cpp": re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\("),
    "script": re.compile(r"\b(?:waitForTimeout|sleep)\s*\(|\bsetTimeout\s*\(\s*(?:resolve|done|r)\b"),
    "python": re.compile(r"\btime\.sleep\s*\("),
}
KINDS = {".cpp": "cpp", ".hpp": "cpp", ".ts": "script", ".tsx": "script", ".mjs": "script", ".py": "python"}


def check_names(source, rules):
    for part in source.path.split("/"):
        stem = part.split(".")[0].lower()
        if stem in rules["names"]["banned"]:
            yield Problem(source.path, 1, f"the name '{part}' hides what is in it")


def check_size(source, rules):
    lines = source.text.count("\n")
    if source.suffix in CODE and lines > rules["limits"]["file_lines"]:
        yield Problem(source.path, lines, f"{lines} lines; the limit is {rules['limits']['file_lines']}")


def find(source, pattern, text, rule):
    for match in pattern.finditer(text):
        yield Problem(source.path, source.line_of(match.start()), rule)


def check_words(source, rules):
    if source.suffix not in CODE:
        return
    yield from find(source, LEFT_OPEN, source.text, "nothing is left open in the code: do it, or file it")
    if source.suffix in {".cpp", ".hpp"}:
        yield from find(source, DETACHED, source.code, "asio::detached loses errors: spawn through a Scope")
        for word, allowed in rules["words"].items():
            if not any(is_below(source.path, path) for path in allowed):
                pattern = re.compile(rf"\b{word}\b")
                yield from find(source, pattern, source.code, f"{word} belongs to {', '.join(allowed)}")


def check_sleeps(source, rules):
    kind = KINDS.get(source.suffix)
    # The loop's own tests have to await its timers.
    if not source.is_test or not kind or source.path.startswith("aio/tests/"):
        return
    for problem in find(source, SLEEPS[kind], source.code, "no sleeps in tests: wait for what is promised"):
        if not is_polling(source.code.splitlines(), problem.line):
            yield problem


def is_polling(lines, number):
    """An awaited turn of the loop: of no length, or until a condition holds."""
    line = lines[number - 1]
    before = lines[number - 2] if number > 1 else ""
    is_awaited = "co_await" in line and "this_thread" not in line
    return is_awaited and bool(re.search(r"(?:\{0\}|\b0ms)", line) or re.search(r"\bwhile\s*\(", line + before))
