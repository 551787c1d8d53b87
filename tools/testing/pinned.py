"""Programs of others that a suite runs: pinned in a folder, installed below .cache when they are first needed."""
import hashlib
import shutil
import sys

from tools.testing.process import run

NAMES = ("requirements.txt", "package.json", "package-lock.json")


def install(pins, home, log):
    """Python's into HOME/python, npm's into HOME/node_modules, as PINS has lists of them; whether they are there."""
    files = [pins / name for name in NAMES if (pins / name).exists()]
    wanted = hashlib.sha256(b"".join(pin.read_bytes() for pin in files)).hexdigest()
    stamp = home / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for pin in files:
        shutil.copy(pin, home)
    steps = []
    if (home / "requirements.txt").exists():
        steps += [[sys.executable, "-m", "venv", home / "python"],
                  [home / "python" / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--only-binary=:all:", "-r", home / "requirements.txt"]]
    if (home / "package.json").exists():
        steps += [["npm", "ci", "--no-fund", "--no-audit", "--ignore-scripts", "--loglevel=error"]]
    if any(run(step, log, 600, home, append=True) != 0 for step in steps):
        return False
    stamp.write_text(wanted)
    return True


def with_maven(goals, log, folder):
    """The exit code. What was fetched is kept, so that a second try goes on where a network broke off."""
    for _ in range(2):
        code = run(["mvn", "-q", "-B", *goals], log, 300, folder, append=True)
        if code == 0:
            break
    return code
