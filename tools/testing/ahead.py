"""Compiling what later suites need while earlier ones wait for servers and browsers: at the lowest priority, so that those notice
nothing of it."""
import contextlib
import subprocess

from tools.testing.process import LOGS, ROOT, stop

LOWEST = ["nice", "-n", "19"]


class Ahead:
    def __init__(self):
        self.builds = {}

    def begin(self, preset, targets):
        with open(LOGS / f"ahead-{preset}.log", "wb") as out:
            self.builds[preset] = subprocess.Popen([*LOWEST, "./dev", "build", preset, *targets], cwd=ROOT, stdin=subprocess.DEVNULL,
                                                   stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    def wait(self, preset):
        """Before anybody else builds there. Whether it failed is for them to say: they build what it has not."""
        if build := self.builds.pop(preset, None):
            build.wait()

    def end(self):
        for build in self.builds.values():
            stop(build)


@contextlib.contextmanager
def ended(ahead):
    try:
        yield
    finally:
        ahead.end()


AHEAD = Ahead()
