"""Runs suites one after the other and closes with `N passed, N failed`."""
import argparse
import itertools
import os
import subprocess
import sys
import time

from tools.infra.__main__ import kept_running
from tools.testing.process import LOGS, ROOT, on_all_cores, run
from tools.testing import changed, findings
from tools.testing.ahead import AHEAD, ended
from tools.testing.suites import RELEASE, THREADED, Count, Suite, all_suites, build, cpp_suites, sanitized


def arguments():
    parser = argparse.ArgumentParser(prog="./dev test", description=__doc__)
    parser.add_argument("names", nargs="*", help="suites to run; all of them without a name")
    parser.add_argument("--list", action="store_true", help="show the suites")
    parser.add_argument("--budget", type=float, default=56, metavar="MINUTES",
                        help="a suite that would end later is left out, which fails the run (default 56)")
    parser.add_argument("--only", action="append", default=[], metavar="SUITE",
                        help="with asan or tsan: this C++ suite, whatever is usual; all: every one")
    parser.add_argument("--changed", nargs="?", const="HEAD", metavar="REVISION",
                        help="what can be reached by what differs from the revision (default HEAD: what is not committed)")
    parser.add_argument("--optional", action="append", default=[], metavar="SUITE",
                        help="may be left out without failing, as tsan may; may be repeated")
    return parser.parse_args()


def choose(names):
    suites = all_suites()
    check_known(names, {suite.name for suite in suites})
    return [suite for suite in suites if (suite.name in names if names else not suite.alone)]


def check_known(names, known):
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"there is no suite {', '.join(unknown)}; see ./dev test --list")


def sanitize_only(suites, only):
    """Has the sanitizers run other C++ suites than usual."""
    check_known(only, {*cpp_suites(RELEASE), "all"})
    for suite in suites:
        if suite.name in ("asan", "tsan"):
            suite.call = sanitized(suite.name, () if "all" in only else only)
            suite.web = "app" if {"all", "platform"} & set(only) else ""
            suite.ahead = () if "all" in only else tuple(f"{name}_tests" for name in only)


def choose_changed(since):
    """Suites that a change can reach; the C++ ones under the address sanitizer, and the thread sanitizer's share."""
    names, cpp = changed.reached(since, cpp_suites(RELEASE))
    if names is None:
        print(f"what differs from {since} can reach everything", flush=True)
        return choose([])
    threaded = cpp & set(THREADED)
    suites = choose([*names, *(["asan"] if cpp else []), *(["tsan"] if threaded else [])])
    for suite in suites:
        if suite.name in ("asan", "tsan"):
            sanitize_only([suite], sorted(cpp if suite.name == "asan" else threaded))
    print(f"reached by what differs from {since}: {' '.join(suite.name for suite in suites)}"
          + (f" (C++: {' '.join(sorted(cpp))})" if cpp else ""), flush=True)
    return suites


def prepare(suites):
    """Installs and builds what some of them need, and nothing else.  A broken web app fails its own suites; the
    server's are run all the same, with the fallback page inside."""
    webs = {suite.web for suite in suites} - {""}
    lists = (["build"] if any(suite.targets or suite.needs for suite in suites) else []) + (["web"] if webs else [])
    if lists:
        subprocess.run(["./dev", "setup", "only", *lists], cwd=ROOT, check=True)
    if webs:
        use_own_node()
    if "app" in webs and subprocess.run(["./dev", "web"], cwd=ROOT, check=False).returncode != 0:
        print("the web app did not build", file=sys.stderr)


def use_own_node():
    """The Node that was fetched for this checkout, where the machine has none that fits."""
    own = ROOT / ".cache" / "node" / "bin"
    if own.exists() and str(own) not in os.environ["PATH"]:
        os.environ["PATH"] = f"{own}{os.pathsep}{os.environ['PATH']}"


def run_suite(suite, log):
    try:
        return suite.call(log)
    except Exception as error:  # a suite that cannot even start has failed; the others still run
        with open(log, "a", encoding="utf-8") as out:
            out.write(f"\n{type(error).__name__}: {error}\n")
        return Count(failed=1)


def show(suite, count, seconds, log):
    word = "FAIL" if count.failed else "ok"
    skipped = f", {count.skipped} skipped" if count.skipped else ""
    print(f"{word:5} {suite.name:14} {count.passed} passed, {count.failed} failed{skipped}  ({seconds:.1f} s)", flush=True)
    if count.failed:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        print("\n".join(f"      | {line}" for line in lines[-60:]))
        print(f"      the whole log: {log.relative_to(ROOT)}", flush=True)


def batches(suites):
    """Neighbours that may run beside each other together, all others by themselves."""
    for beside, group in itertools.groupby(suites, lambda suite: suite.beside):
        yield from [list(group)] if beside else ([suite] for suite in group)


def run_one(suite):
    begun, log = time.monotonic(), LOGS / f"{suite.name}.log"
    count = run_suite(suite, log)
    show(suite, count, time.monotonic() - begun, log)
    return count


def build_ahead(suites):
    """Not where there is nothing to do beside it."""
    later = [suite for suite in suites[1:] if suite.ahead]
    for packages in {packages for suite in later for packages in suite.needs}:
        subprocess.run(["./dev", "setup", "only", packages], cwd=ROOT, check=True)
    AHEAD.begin({suite.name: suite.ahead for suite in later})


def run_all(suites, start, budget_minutes):
    """The count, the names of those that were left out, and those that failed. The budget is of all that came since START, builds
    too."""
    total, left, failed = Count(), [], []
    build_ahead(suites)
    for batch in batches(suites):
        minutes_left = budget_minutes - (time.monotonic() - start) / 60
        fitting = [suite for suite in batch if suite.minutes <= minutes_left]
        for suite in (suite for suite in batch if suite not in fitting):
            print(f"left  {suite.name:14} would not end within the budget of {budget_minutes:g} minutes")
            left.append(suite.name)
        for packages in {packages for suite in fitting for packages in suite.needs}:
            subprocess.run(["./dev", "setup", "only", packages], cwd=ROOT, check=True)
        counts = on_all_cores(run_one, fitting)
        failed += [suite.name for suite, count in zip(fitting, counts) if count.failed]
        total = sum(counts, total)
    return total, left, failed


def last_line(total, left):
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    return f"{total.passed} passed, {total.failed} failed{skipped}" + (f"; left out: {', '.join(left)}" if left else "")


def has_failed(total, left, optional):
    return bool(total.failed or not total.passed or set(left) - set(optional))


def build_for(suites, log):
    """Builds what the suites need of the release preset. The count is of a build that failed."""
    targets = sorted({target for suite in suites for target in suite.targets})
    begun = time.monotonic()
    if targets and build("release", log, targets) != 0:
        show(Suite("build", "", None), Count(failed=1), time.monotonic() - begun, log)
        return Count(failed=1)
    return Count()


def main():
    start, chosen = time.monotonic(), arguments()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "build.log"
    if chosen.list:
        print("\n".join(f"{suite.name:14} {suite.what}" for suite in all_suites()))
        return
    if chosen.changed and chosen.names:
        sys.exit("either names or --changed")
    check_known(chosen.optional, {suite.name for suite in all_suites()})
    suites = choose_changed(chosen.changed) if chosen.changed else choose(chosen.names)
    if chosen.only:
        sanitize_only(suites, chosen.only)
    prepare(suites)
    total = build_for(suites, log)
    with kept_running(sorted({name for suite in suites for name in suite.servers})):
        with ended(AHEAD):
            count, left, failed = run_all(suites, start, chosen.budget)
    for name in failed:
        print("\n".join([f"\nfailed in {name}:", *findings.of(LOGS / f"{name}.log")]))
    print(f"\n{last_line(total + count, left)}")
    optional = [*chosen.optional, *(suite.name for suite in suites if suite.may_be_left)]
    sys.exit(1 if has_failed(total + count, left, optional) else 0)


if __name__ == "__main__":
    main()
