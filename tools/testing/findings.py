"""What a log says has failed, out of all that it says."""
import re

# Of gtest, the sanitizers, vitest, unittest, Python and compilers.
FINDING = re.compile(r"^\s*(\[  FAILED  \] \w|WARNING: ThreadSanitizer|==\d+==\s*ERROR|FAIL |FAIL: |ERROR: |[×✗] |(\w+\.)*\w*Error: )"
                     r"|.*(runtime error:|: Failure$|: (fatal )?error: )")


def first_of(lines):
    return next((n for n, line in enumerate(lines) if FINDING.match(line)), len(lines) - 40)


def of(log, most=12):
    """The lines that say it, each once; where none does, the last ones. The end of a log alone may be of what passed."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    found = [line for line in lines if FINDING.match(line)] or lines[-5:]
    return list(dict.fromkeys(line.strip()[:300] for line in found))[:most]


def append(log, suite_log):
    """The place of the first, at the end of the log that is shown."""
    lines = suite_log.read_text(errors="replace").splitlines()
    first = first_of(lines)
    with open(log, "a", encoding="utf-8") as out:
        out.write("\n".join(["", f"{suite_log.name}:", *lines[max(first - 3, 0):first + 50], ""]))
