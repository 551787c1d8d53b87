"""A copy of the checkout in which faults are put and taken out again; the checkout itself is never touched."""
import contextlib
import os
import pathlib
import shutil
import sys

from tools.testing.process import ROOT, run
from tools.tidy import tracked

BUILD_SECONDS = 3600
FAULT_BUILD_SECONDS = 900
SUITE_SECONDS = 300
FAULTS_SECONDS = 900


class Copy:
    """One worker's copy with a build folder of its own. Its logs are beside it."""

    def __init__(self, folder, jobs):
        self.tree = folder / "tree"
        self.build = folder / "build"
        self.logs = folder / "logs"
        self.jobs = jobs

    def refresh(self, root=ROOT):
        """Brings the copy up to date; files that are the same keep their time, so that little is built again."""
        wanted = set(tracked(root))
        for path in wanted:
            source, target = root / path, self.tree / path
            if target.is_file() and target.read_bytes() == source.read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        for path in self.tree.rglob("*"):
            if path.is_file() and not path.is_symlink() and str(path.relative_to(self.tree)) not in wanted:
                path.unlink()
        # What is installed, and where servers are.
        for folder in ("web/node_modules", ".cache/infra"):
            link = self.tree / folder
            if (root / folder).is_dir() and not link.is_symlink():
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(root / folder)

    def configure(self):
        """The exit code."""
        if (self.build / "build.ninja").exists():
            return 0
        command = ["cmake", "--preset", "dev", "-B", self.build, f"-DLOQUAT_SOURCES={ROOT}/.cache/sources"]
        return run(command, self.logs / "configure.log", cwd=self.tree)

    def make(self, targets, log, seconds):
        command = ["cmake", "--build", self.build, "-j", str(self.jobs), "--target", *targets]
        return run(command, log, seconds, cwd=self.tree)

    def run_suite(self, suite, only, log):
        """The exit code of SUITE's tests."""
        if suite == "faults":
            command = [sys.executable, "-m", "tools.faults", "--bin", self.build / "bin", *(["--only", *only.split()] if only else [])]
            return run(command, log, FAULTS_SECONDS, self.tree)
        if suite == "web-unit":
            return run(["npx", "vitest", "run", *([only] if only else [])], log, SUITE_SECONDS, self.tree / "web")
        return run([self.build / "bin" / f"{suite}_tests", f"--gtest_filter={only or '*'}", "--gtest_fail_fast"], log,
                   SUITE_SECONDS, self.tree)

    @contextlib.contextmanager
    def with_fault(self, fault):
        with contextlib.ExitStack() as changed:
            for file, before, after in fault.changes():
                changed.enter_context(self.with_change(file, (before, after), fault.suite))
            yield

    @contextlib.contextmanager
    def with_change(self, file, change, suite):
        path = self.tree / file
        text, times = path.read_text(encoding="utf-8"), path.stat()
        path.write_text(text.replace(*change), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            # Later than the faulty object, so that the next build makes it anew.
            os.utime(path, None if suite != "web-unit" else (times.st_atime, times.st_mtime))


TARGETS = {"web-unit": [], "faults": ["loquat", "loquat-fault-load"]}


def targets_of(suite):
    return TARGETS.get(suite, [f"{suite}_tests"])
