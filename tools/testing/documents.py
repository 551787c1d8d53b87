"""Compares the documents with the program: settings, figures, and the README's own commands, run from a started server."""
import os
import pathlib
import re
import subprocess
import tempfile

from tools.testing.process import ROOT, loquat
from tools.testing.suites import RELEASE, Count, one, services_of

SECTIONS = ("platform", *services_of(ROOT))
NAMED = re.compile(r"--set[ =](?P<set>[a-z_.]+)=|`(?P<quoted>(?:%s)\.[a-z_]+(?:\.[a-z_]+)*)(?:=[^`]*)?`" % "|".join(SECTIONS))
VARIABLE = re.compile(r"LOQUAT_([A-Z]+__[A-Z_]+)=")
TOUR = "## Five minutes in a shell"


def binary():
    return os.environ.get("LOQUAT_BINARY", RELEASE / "bin" / "loquat")


def output_of(*arguments):
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, check=True, cwd="/").stdout


def settings():
    """{path: default} of the program, as its page of settings has them."""
    rows = re.findall(r"^\| `([^`]+)` \| (?:`(.*?)`|needed) \|", output_of("config", "docs"), re.M)
    return dict(rows)


def error_codes(root):
    return set(re.findall(r"`([a-z]+\.[a-z_]+)`", (root / "docs/protocols/errors.md").read_text()))


def topics(root):
    return set(re.findall(r"`([a-z][a-z_.]+)`", (root / "docs/topics.md").read_text()))


# Ends of names that files have: `config.hpp` and `chat.db` are none of the settings of a section.
FILES = (".db", ".marks", ".hpp", ".cpp", ".md", ".yml", ".yaml", ".json")


def named_settings(text):
    """Everything in a document that is written as a setting is."""
    for match in NAMED.finditer(text):
        yield match.group("set") or match.group("quoted")
    for name in VARIABLE.findall(text):
        yield name.lower().replace("__", ".")


def unknown_settings(root, known):
    """`file: name` of what documents name, but the program does not have; codes of errors and topics look alike."""
    names = set(known) | {path.rsplit(".", depth)[0] for path in known for depth in range(1, path.count(".") + 1)}
    others = error_codes(root) | topics(root)
    pages = [page for page in [*root.glob("*.md"), *root.glob("docs/*.md")] if page.name != "topics.md"]
    return [f"{page.relative_to(root)}: {name}" for page in pages for name in named_settings(page.read_text())
            if name not in names and name not in others and not name.endswith(FILES)]


def wrong_figures(readme, known):
    """What the README says in numbers, against the defaults."""
    said = {"gateway.limits.address_per_minute": r"([\d,]+) a minute for an address",
            "gateway.limits.user_per_minute": r"([\d,]+) for a signed-in\s+user",
            "gateway.limits.sign_in_per_minute": r"([\d,]+)\s+sign-in attempts",
            "chat.text_characters_max": r"([\d,]+) characters a message",
            "gateway.port": r"localhost:(\d+)"}
    for path, pattern in said.items():
        figures = re.findall(pattern, readme)
        if not figures or any(figure.replace(",", "") != known[path] for figure in figures):
            yield f"README.md says {figures} of {path}, which is {known[path]}"


def tour(readme):
    """The commands of the README's tour, block by block."""
    part = readme[readme.index(TOUR):]
    part = part[:part.index("\n## ", 1)]
    return re.findall(r"^```\n(.*?)^```", part, re.M | re.S)


def script_of(blocks, address, program):
    """One script of all blocks. The program's name stands for the built one; where a person would be asked for a
    password, a file holds it."""
    head = f"""set -uo pipefail
loquat() {{
    if [ "$*" = "chat --user ana" ]; then
        "{program}" chat --url {address} --user ana --password-file password --list
    else
        "{program}" "$1" --url {address} "${{@:2}}"
    fi
}}
"""
    return head + "\n".join(blocks).replace("http://localhost:8080", address)


def run_tour(blocks, address, log):
    """Problems of the tour, run twice in a folder of its own: what a person sees who repeats it."""
    with tempfile.TemporaryDirectory(prefix="loquat-tour-") as folder:
        home = pathlib.Path(folder)
        (home / "password").write_text("a long enough password\n")
        subprocess.run(["git", "init", "-q"], cwd=home, check=True)
        (home / "poem.txt").write_text("a line\n")
        subprocess.run(["git", "add", "poem.txt"], cwd=home, check=True)
        (home / "poem.txt").write_text("another line\n")
        env = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder}
        for turn in (1, 2):
            done = subprocess.run(["bash", "-c", script_of(blocks, address, binary())], cwd=home, env=env, timeout=120,
                                  capture_output=True, text=True, check=False)
            with open(log, "a", encoding="utf-8") as out:
                out.write(f"\n== turn {turn}: {done.returncode}\n{done.stdout}\n{done.stderr}\n")
            yield from judge(turn, done)


def judge(turn, done):
    said = done.stdout + done.stderr
    if done.returncode != 0:
        yield f"turn {turn} ended with {done.returncode}"
    # What complains does it on the standard error; an answer may hold the same words ("two sides to loquat: ...").
    for sign in ("Traceback", "curl: (", "command not found", "loquat: "):
        if sign in done.stderr:
            yield f"turn {turn} says {sign!r}"
    refusals = re.findall(r'"code":"([a-z._]+)"', said)
    if set(refusals) - ({"auth.username_taken", "taken"} if turn == 2 else set()):
        yield f"turn {turn} was refused: {refusals}"
    if turn == 1 and ('"text":"hello"' not in said or "event: done" not in said.replace("event:done", "event: done")):
        yield "the message or the end of the answer did not come"


def check(log):
    """The count of this suite: one for each kind of claim."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    known, readme = settings(), (ROOT / "README.md").read_text()
    page = ROOT / "docs" / "settings.md"
    types = ROOT / "web" / "src" / "api" / "contracts.gen.ts"
    problems = {
        "contracts.gen.ts": [] if types.read_text() == output_of("contracts", "typescript")
        else ["web/src/api/contracts.gen.ts is old; make it again: ./dev gen"],
        "docs/settings.md": [] if page.exists() and page.read_text() == output_of("config", "docs")
        else ["docs/settings.md is old; make it again: ./dev gen"],
        "docs/calls.md": [] if (ROOT / "docs" / "calls.md").read_text() == output_of("contracts", "calls")
        else ["docs/calls.md is old; make it again: ./dev gen"],
        "settings": unknown_settings(ROOT, known),
        "figures": list(wrong_figures(readme, known)),
    }
    with loquat(binary(), log.with_name("documents-loquat.log")) as address:
        problems["tour"] = list(run_tour(tour(readme), address, log))
    with open(log, "a", encoding="utf-8") as out:
        for name, found in problems.items():
            out.write("".join(f"{name}: {problem}\n" for problem in found))
    return sum((one(len(found)) for found in problems.values()), Count())
