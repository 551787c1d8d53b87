"""Puts small faults into a copy of the code, one at a time, and prints those that no test notices."""
import argparse
import concurrent.futures
import fnmatch
import os
import queue
import sys
import time

from tools.infra.__main__ import kept_running
from tools.mutants.copy import BUILD_SECONDS, FAULT_BUILD_SECONDS, TARGETS, Copy, targets_of
from tools.mutants.faults import BadList, load, problems
from tools.testing.process import ROOT
from tools.testing.suites import ON_SERVERS

FOLDER = ROOT / "build" / "mutants"
LONG = ("faults",)  # suites that take minutes for a fault: only where they are named
NOTICED, LIVED, BROKEN = "noticed", "LIVED", "BROKEN"


def arguments():
    parser = argparse.ArgumentParser(prog="./dev mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to try, with * and ?; all of them without a name")
    parser.add_argument("--list", action="store_true", help="show the faults")
    parser.add_argument("--suite", action="append", default=[], help="only faults that this suite must notice")
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) // 2),
                        help="copies that work side by side, each with a build folder of some 1.5 GB")
    return parser.parse_args()


def choose(faults, names, suites):
    for name in names:
        if not any(fnmatch.fnmatch(fault.name, name) for fault in faults):
            sys.exit(f"mutants: there is no fault {name}; see ./dev mutants --list")
    return [fault for fault in faults
            if (names or suites or fault.suite not in LONG)
            and (not names or any(fnmatch.fnmatch(fault.name, name) for name in names))
            and (not suites or fault.suite in suites)]


def prepare(copy, suites):
    """Builds without a fault. None, or what went wrong."""
    copy.refresh()
    targets = [target for suite in suites for target in targets_of(suite)]
    log = copy.logs / "build.log"
    if targets and (copy.configure() != 0 or copy.make(targets, log, BUILD_SECONDS) != 0):
        return f"the code does not build without a fault; see {log}"
    return None


def check_without_fault(copy, faults):
    """What was asked of a faulty program must pass on the whole one, or noticing means nothing."""
    for suite, only in sorted({(fault.suite, fault.only) for fault in faults}):
        log = copy.logs / f"whole-{suite}.log"
        if copy.run_suite(suite, only, log) != 0:
            return f"{suite} {only} fails without a fault; see {log}"
        if suite not in TARGETS and "Running 0 tests" in log.read_text(errors="replace"):
            return f"{suite} has no test {only}"
    return None


def attempt(copy, fault):
    """NOTICED, LIVED, or BROKEN when the fault does not compile."""
    log = copy.logs / f"{fault.name}.log"
    with copy.with_fault(fault):
        targets = targets_of(fault.suite)
        if targets and copy.make(targets, log, FAULT_BUILD_SECONDS) != 0:
            return BROKEN
        return NOTICED if copy.run_suite(fault.suite, fault.only, log) != 0 else LIVED


def try_all(copies, faults):
    """{fault: verdict}; each copy takes the next one."""
    waiting, verdicts = queue.SimpleQueue(), {}
    for fault in faults:
        waiting.put(fault)

    def work(copy):
        while True:
            try:
                fault = waiting.get_nowait()
            except queue.Empty:
                return
            begun = time.monotonic()
            verdicts[fault] = attempt(copy, fault)
            print(f"{verdicts[fault]:8} {fault.name:50} {fault.suite:10} ({time.monotonic() - begun:.0f} s)", flush=True)

    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        for done in [pool.submit(work, copy) for copy in copies]:
            done.result()
    return verdicts


def show(verdicts):
    lived = [fault for fault, verdict in verdicts.items() if verdict == LIVED]
    broken = [fault for fault, verdict in verdicts.items() if verdict == BROKEN]
    for fault in lived:
        print(f"\n{fault.name} lived: {fault.suite} is green with this in {fault.file}:\n"
              + "\n".join(f"  - {line}" for line in fault.before.strip("\n").splitlines())
              + "\n" + "\n".join(f"  + {line}" for line in fault.after.strip("\n").splitlines()))
    for fault in broken:
        print(f"\n{fault.name} does not compile; it proves nothing until it does")
    print(f"\n{len(verdicts)} faults: {len(verdicts) - len(lived) - len(broken)} noticed, {len(lived)} lived, "
          f"{len(broken)} did not compile")
    return 1 if lived or broken or not verdicts else 0


def main():
    chosen = arguments()
    try:
        faults = load()
    except BadList as error:
        sys.exit(f"mutants: {error}")
    if wrong := problems(faults):
        sys.exit("mutants: the list does not fit the code\n" + "\n".join(f"  {line}" for line in wrong))
    faults = choose(faults, chosen.names, chosen.suite)
    if chosen.list:
        print("\n".join(f"{fault.name:50} {fault.suite:10} {fault.file}" for fault in faults))
        return 0
    workers = max(1, min(chosen.workers, len(faults)))
    copies = [Copy(FOLDER / str(n), max(1, (os.cpu_count() or 2) // workers)) for n in range(workers)]
    suites = sorted({fault.suite for fault in faults})
    print(f"building {', '.join(suites)} without a fault, {workers} times", flush=True)
    with kept_running(sorted({name for suite in suites for name in ON_SERVERS.get(suite, ())})):
        for copy in copies:
            if failed := prepare(copy, suites):
                sys.exit(f"mutants: {failed}")
        if failed := check_without_fault(copies[0], faults):
            sys.exit(f"mutants: {failed}")
        return show(try_all(copies, faults))


if __name__ == "__main__":
    sys.exit(main())
