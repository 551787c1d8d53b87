"""Compiling what later suites need while earlier ones wait for servers and browsers: at the lowest priority, so that those notice
nothing of it; one preset after the other."""
import contextlib
import subprocess
import threading

from tools.testing.process import LOGS, ROOT, stop

LOWEST = ["nice", "-n", "19"]


class Ahead:
    def __init__(self):
        self.done = {}          # an event for each preset
        self.lock = threading.Lock()
        self.build, self.is_over = None, False

    def begin(self, presets):
        """PRESETS: their targets."""
        self.done = {preset: threading.Event() for preset in presets}
        threading.Thread(target=self.build_all, args=(presets,), daemon=True).start()

    def build_all(self, presets):
        for preset, targets in presets.items():
            with self.lock, open(LOGS / f"ahead-{preset}.log", "wb") as out:
                if self.is_over:
                    return
                self.build = subprocess.Popen([*LOWEST, "./dev", "build", preset, *targets], cwd=ROOT, stdin=subprocess.DEVNULL,
                                              stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
            self.build.wait()
            self.done[preset].set()

    def wait(self, preset):
        """Before anybody else builds there. Whether it failed is for them to say: they build what it has not."""
        if done := self.done.get(preset):
            done.wait()

    def end(self):
        with self.lock:
            self.is_over = True
        if self.build and self.build.poll() is None:
            stop(self.build)


@contextlib.contextmanager
def ended(ahead):
    try:
        yield
    finally:
        ahead.end()


AHEAD = Ahead()
