"""Which suites a change can reach: what ./dev test --changed runs."""
import re
import subprocess
import tomllib

from tools.testing.process import ROOT

ALWAYS = ("tools", "tidy", "codes")
WEB = ("web-types", "web-lint", "web-unit")
PROGRAM = ("documents", "bench-smoke", "api", "config-client", "eureka", "http2", "spring", "e2e")         # run the program that all C++ code ends in
CODE = re.compile(r"\.(cpp|hpp|h|c|sql)$")


def changed_files(since, root=ROOT):
    """Paths that differ from the revision, among them those that git does not know yet."""
    def git(*command):
        done = subprocess.run(["git", *command], cwd=root, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"--changed {since}: {done.stderr.strip() or 'git cannot compare with it'}")
        return done.stdout.splitlines()
    return sorted({*git("diff", "--name-only", since, "--"), *git("ls-files", "--others", "--exclude-standard")})


class House:
    """Who stands on whom, from tools/layers.toml, and which C++ suites there are."""

    def __init__(self, layers, cpp_suites, test_readers=None):
        """`test_readers`: of a service, whose code its tests read ([services.tests])."""
        self.layers, self.cpp, self.test_readers = layers, set(cpp_suites), test_readers or {}
        self.services = self.cpp - set(layers) - {"platform"}

    def above(self, layer):
        """C++ suites of the layer and of all that may include it."""
        over = {name for name, below in self.layers.items() if layer in below}
        suites = {layer} | over | (self.services if "services" in over else set())
        return (suites | {"platform"}) & self.cpp

    def cpp_of(self, path):
        """The C++ suites that compile this file; empty for what no C++ suite reads."""
        parts = path.split("/")
        if parts[0] == "tests":
            return {"platform"} & self.cpp
        if parts[0] == "testing":
            return self.cpp if parts[1] != "platform" else {"platform"} & self.cpp
        name = parts[1] if parts[0] == "services" and len(parts) > 1 else parts[0]
        if "tests" in parts[1:]:
            return {name} & self.cpp
        if parts[0] == "services":
            readers = {reader for reader, read in self.test_readers.items() if name in read}
            return ({name, "platform"} | readers) & self.cpp
        if parts[0] == "apps":
            return {"platform"} & self.cpp
        return self.above(parts[0]) if parts[0] in self.layers else set()


def others_of(path):
    """Suites other than C++'s that read this file; None when it can change everything."""
    top = path.split("/")[0]
    if path == "services/services.cmake" or top in ("cmake", "CMakeLists.txt", "CMakePresets.json", "dev", ".ci") or path.startswith("tools/dev/"):
        return None
    if top == "web":
        return {*WEB, "e2e"}
    if top == "tools":
        own = {"service_template": {"new-service"}, "bench": {"bench-smoke"}, "testing": {"documents", "api", "config-client", "eureka", "http2", "spring", "new-service"}}
        return own.get(path.split("/")[1], set())
    if path.endswith(".md"):
        return {"documents"}
    if top in ("bench", "testing"):
        return {"bench-smoke"}
    if CODE.search(path) and "tests" not in path.split("/"):
        return {*PROGRAM, "new-service"} | ({"fuzz"} if top in ("base", "wire", "net", "store") or "/fuzz/" in path else set())
    return set()


def suites_for(paths, house):
    """(names of suites, names of C++ suites to run under a sanitizer); (None, None) when everything must run."""
    names, cpp = set(ALWAYS), set()
    for path in paths:
        others = others_of(path)
        if others is None:
            return None, None
        names |= others
        if CODE.search(path) or path.startswith("tests/") or "/tests/" in path:
            cpp |= house.cpp_of(path)
    return names, cpp


def reached(since, cpp_suites):
    rules = tomllib.loads((ROOT / "tools" / "layers.toml").read_text())
    return suites_for(changed_files(since), House(rules["layers"], cpp_suites, rules["services"]["tests"]))
