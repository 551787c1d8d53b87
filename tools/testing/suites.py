"""The suites by name. Each takes a Log path and returns a Count."""
import dataclasses
import json
import re
import sys
import time

from tools.checks.documents import listed_services
from tools.testing import findings
from tools.testing.ahead import AHEAD
from tools.testing.process import LOGS, ROOT, loquat, on_all_cores, run

RELEASE = ROOT / "build" / "release"


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclasses.dataclass
class Suite:
    name: str
    what: str
    call: object
    minutes: float = 0.5      # what it takes on two cores; a suite that does not fit the budget is left out
    needs: tuple = ()         # package lists beyond "build"
    web: str = ""             # "packages" of the web app, or the built "app"
    targets: tuple = ()       # what must be built of the release preset
    beside: bool = False      # keeps one core busy at most: runs beside its neighbours of the same kind
    alone: bool = False       # runs only when it is named: another suite runs the same tests
    servers: tuple = ()       # real ones that must run (see tools/infra)
    ahead: tuple = ()         # targets of the preset of its name that are built while other suites run
    may_be_left: bool = False # where it does not fit the budget, the run is good without it


def one(code):
    return Count(passed=1) if code == 0 else Count(failed=1)


def at_least_one_failed(count, code):
    """A suite that ended badly without naming a failed test (a crash, a leak) has failed once."""
    return count if code == 0 or count.failed else count + Count(failed=1)


def command(*parts, cwd=ROOT, timeout=600):
    return lambda log: one(run(parts, log, timeout, cwd))


def tools_tests(log):
    code = run([sys.executable, "-m", "unittest", "discover", "-v", "-s", "tools/tests", "-t", "."], log)
    text = log.read_text(errors="replace")
    ran = sum(int(n) for n in re.findall(r"^Ran (\d+) tests?", text, re.M))
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", text))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", text))
    return at_least_one_failed(Count(ran - bad - skipped, bad, skipped), code)


def vitest(log, config=(), env=None, timeout=600):
    report = log.with_suffix(".json")
    report.unlink(missing_ok=True)
    code = run(["npx", "vitest", "run", *config, "--reporter=default", "--reporter=json",
                f"--outputFile.json={report}"], log, timeout, ROOT / "web", env)
    count = Count()
    if report.exists():
        result = json.loads(report.read_text())
        count = Count(result["numPassedTests"], result["numFailedTests"],
                      result["numPendingTests"] + result["numTodoTests"])
    return at_least_one_failed(count, code)


def build(preset, log, targets=()):
    return run(["./dev", "build", preset, *targets], log, 2400)


def has_tests(folder):
    return any(folder.glob("**/*.cpp"))


def services_of(root):
    return listed_services((root / "services" / "services.cmake").read_text())


def cpp_suites(folder, root=ROOT):
    """{name: command} of the C++ suites of a build folder, configured or not: what CMakeLists.txt and services.cmake make of the tree."""
    rules = (root / "CMakeLists.txt").read_text()
    layers = [name for name in re.findall(r"^loquat_layer\((\w+)", rules, re.M) if has_tests(root / name / "tests")]
    services = [name for name in services_of(root) if has_tests(root / "services" / name / "tests")]
    names = layers + services + (["platform"] if has_tests(root / "tests") else [])
    return {name: [folder / "bin" / f"{name}_tests"] for name in names}


SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": f"halt_on_error=0:second_deadlock_stack=1:history_size=4:suppressions={ROOT}/tools/testing/tsan.supp",
    "ASAN_SYMBOLIZER_PATH": "/usr/lib/llvm-19/bin/llvm-symbolizer",
    "TSAN_SYMBOLIZER_PATH": "/usr/lib/llvm-19/bin/llvm-symbolizer",
}


def gtest(argv, log, timeout=600):
    report = log.with_suffix(".json")
    report.unlink(missing_ok=True)
    code = run(argv, log, timeout, env={"GTEST_OUTPUT": f"json:{report}", **SANITIZER_ENV})
    count = Count()
    if report.exists():
        result = json.loads(report.read_text())
        cases = [case for suite in result["testsuites"] for case in suite["testsuite"]]
        failed = sum(1 for case in cases if "failures" in case)
        skipped = sum(1 for case in cases if case.get("result") == "SKIPPED")
        count = Count(len(cases) - failed - skipped, failed, skipped)
    return at_least_one_failed(count, code)


def cpp_suite(argv, timeout=600):
    return lambda log: gtest(argv, log, timeout)


# C++ suites whose adapters are tried against real servers.
ON_SERVERS = {**{name: ("postgres",) for name in ("auth", "chat", "product")}, **{name: ("postgres", "ferretdb") for name in ("consumer", "platform")},
              "store": ("postgres", "redis", "rabbitmq", "kafka", "ferretdb"),
              **{name: ("redis",) for name in ("runtime", "gateway", "presence")}}
SERVERS = ("postgres", "redis", "rabbitmq", "kafka", "ferretdb")

# What has threads of its own or speaks between loops: the others' code runs on one loop each.
THREADED = ("aio", "net", "store", "runtime", "realtime", "gateway")

# librdkafka starts its threads (C11's thrd_create) where the thread sanitizer does not see them, and the process ends.
LEFT_OUT = {("tsan", "store"): "--gtest_filter=-*kafka*:LogServerTest.*"}


def sanitized(preset, only=()):
    """Builds with a sanitizer and runs C++ suites, all without a name; slow machines get four times the time."""
    def call(log):
        folder = ROOT / "build" / preset
        AHEAD.wait(preset)
        if not (folder / "build.ninja").exists() and run(["cmake", "--preset", preset], log) != 0:
            return Count(failed=1)
        suites = {name: argv for name, argv in cpp_suites(folder).items() if not only or name in only}
        if not suites or build(preset, log, [f"{name}_tests" for name in suites]) != 0:
            return Count(failed=1)
        # They wait for processes and servers more than half of the time.
        counts = on_all_cores(lambda part: sanitized_part(preset, part, suites[part[0]], log), parts_of(longest_first(suites)), more=1)
        return sum(counts, Count())
    return call


def longest_first(suites):
    """So that none is left to run alone for long at the end: what starts processes, then the largest."""
    return sorted(suites, key=lambda name: (name == "platform", suites[name][0].stat().st_size), reverse=True)


# Of those that take longest: filters that run beside each other.
PARTS = {"platform": ("*Damage*:*Kill*:BadInput.*:MoveCommand.*", "-*Damage*:*Kill*:BadInput.*:MoveCommand.*")}


def parts_of(names):
    """Suites as (name, number, filter)."""
    return [(name, number, only) for name in names for number, only in enumerate(PARTS.get(name, ("",)), 1)]


def sanitized_part(preset, part, argv, log):
    name, number, only = part
    suite_log, begun = log.with_name(f"{preset}-{name}{number if only else ''}.log"), time.monotonic()
    tests = f"--gtest_filter={only}" if only else LEFT_OUT.get((preset, name))
    count = gtest([*argv, *filter(None, [tests])], suite_log, 2400)
    print(f"       {preset} {name}{f' {number}' if only else ''}: {count.passed} passed, {count.failed} failed  ({time.monotonic() - begun:.1f} s)", flush=True)
    if count.failed:
        findings.append(log, suite_log)
    return count


# Tests register many people from one address, faster than a person would, and set the simulated model's pace.
FOR_BROWSERS = ("--set", "gateway.limits.enabled=false", "--set", "model.simulated.scripts=true")


def in_browsers(log, address):
    env = {"LOQUAT_URL": address, "LOQUAT_BACKEND": address}
    return vitest(log, ["--config", "vitest.e2e.config.ts"], env, 1500)


def e2e(log):
    with loquat(RELEASE / "bin" / "loquat", log.with_name("e2e-loquat.log"), FOR_BROWSERS) as address:
        return in_browsers(log, address)


def e2e_servers(log):
    from tools.testing.process_faults import running_platform
    with running_platform(RELEASE / "bin" / "loquat", log, FOR_BROWSERS) as (_, address):
        return in_browsers(log, address)


def fuzz_all(log):
    from tools.testing import fuzz
    AHEAD.wait("asan")
    if build("asan", log, ["fuzzers"]) != 0:
        return Count(failed=1)
    targets = fuzz.targets()
    logs = {target: log.with_name(f"fuzz-{target}.log") for target in targets}
    codes = on_all_cores(lambda target: fuzz.run_target(target, 10, logs[target]), targets)
    for target in [target for target, code in zip(targets, codes) if code != 0]:
        append_findings(log, logs[target])
    return sum(map(one, codes), Count())


FAULT_ROW = re.compile(r"^\S+ +[a-zA-Z0-9 ,-]+ \d+ .* ms\b|^process +fault")


def faults(log):
    """The suite of faults, with its table of what callers noticed."""
    count = gtest([RELEASE / "bin" / "platform_tests", "--gtest_filter=FaultTest.*"], log)
    rows = [line for line in log.read_text(errors="replace").splitlines() if FAULT_ROW.match(line)]
    print("\n".join(rows), flush=True)
    return count


def new_service(log):
    from tools.testing import new_service as proof
    return proof.check(log)


def documents(log):
    from tools.testing import documents as compared
    return compared.check(log)


def api(log):
    from tools.testing import api as suite
    return of_clients(suite, log)


def config_client(log):
    from tools.testing import config_client as suite
    return of_clients(suite, log)


def eureka(log):
    from tools.testing import eureka as suite
    return of_clients(suite, log)


def amqp_worker(log):
    from tools.testing import amqp_worker as suite
    return of_clients(suite, log)


def log_faults(log):
    from tools.testing import log_faults as suite
    return of_clients(suite, log)


def process_faults(log):
    from tools.testing import process_faults as suite
    return of_clients(suite, log)


def mongo_faults(log):
    from tools.testing import process_faults as suite
    return of_codes(suite.check_mongo(RELEASE / "bin" / "loquat", log))


def moving(log):
    from tools.testing import moving as suite
    return of_clients(suite, log)


def upgrading(log):
    from tools.testing import upgrading as suite
    return of_clients(suite, log)


def restoring(log):
    from tools.testing import restoring as suite
    return of_clients(suite, log)


def server_troubles(log):
    from tools.testing import server_troubles as suite
    return of_clients(suite, log)


def server_ways(log):
    from tools.testing import server_ways as suite
    return of_clients(suite, log)


def http2(log):
    from tools.testing import http2 as suite
    return of_clients(suite, log)


def wire(log):
    from tools.testing import wire as suite
    return of_clients(suite, log)


def spring(log):
    from tools.testing import spring as suite
    return of_clients(suite, log)


def of_clients(suite, log):
    """What its clients' exit codes come to; None stands for one that cannot be built here."""
    return of_codes(suite.check(RELEASE / "bin" / "loquat", log))


def of_codes(codes):
    return sum((Count(skipped=1) if code is None else one(code) for code in codes), Count())


def bench_smoke(log):
    total = Count()
    for script in sorted((ROOT / "tools" / "bench").glob("bench_*.py")):
        name = script.stem.removeprefix("bench_")
        total += one(run([sys.executable, "-m", f"tools.bench.bench_{name}", "--smoke"],
                         log.with_name(f"bench-{name}.log"), 300))
    return total


def all_suites():
    web = ROOT / "web"
    before = [
        Suite("tools", "the tests of the tools", tools_tests, beside=True),
        Suite("tidy", "layers, names, sizes, forbidden words", command(sys.executable, "tools/tidy.py"), beside=True),
        Suite("codes", "the page of error codes is whole", command(sys.executable, "tools/error_codes.py"), beside=True),
        Suite("web-types", "the web app's types", command("npm", "run", "--silent", "typecheck", cwd=web),
              web="packages", beside=True),
        Suite("web-lint", "the web app's lint", command("npm", "run", "--silent", "lint", cwd=web),
              web="packages", beside=True),
        Suite("web-unit", "the web app's unit tests", vitest, web="packages", beside=True),
    ]
    program, bench = ("loquat",), ("loquat", "loquat-bench")
    cpp = [Suite(name, "C++ (runs within asan and tsan when no suite is named)", cpp_suite(argv), 1,
                 web="app" if name == "platform" else "", targets=(f"{name}_tests",), alone=True,
                 servers=ON_SERVERS.get(name, ())) for name, argv in cpp_suites(RELEASE).items()]
    after = [
        Suite("faults", "what callers notice of faults of each process, as a table (root; runs within platform)", faults, 1,
              web="app", targets=("platform_tests",), alone=True),
        Suite("new-service", "what tools/new_service.py makes compiles and passes", new_service, 1, targets=(*program, "testing"), beside=True),
        Suite("documents", "settings, figures and the README's commands are those of the program", documents, 1,
              targets=program, beside=True),
        Suite("bench-smoke", "every bench runs (nothing is measured)", bench_smoke, 2, ("bench",), targets=bench, beside=True,
              servers=("postgres", "redis", "kafka", "ferretdb")),
        Suite("api", "the OpenAPI document: linted, and tried against the server", api, 2, ("api",), "packages", program, beside=True),
        Suite("config-client", "a client of Spring Cloud Config that others wrote, against the config service",
              config_client, web="packages", targets=program),
        Suite("eureka", "clients of Eureka live a whole life at two registries", eureka, 2, ("api",), "packages", program),
        Suite("http2", "each rule of HTTP/2 that a client can break, broken against the gateway", http2, targets=program),
        Suite("wire", "samples of Eureka, Spring Cloud Config, its gateway and its actuator, to the byte", wire, targets=program),
        Suite("spring", "a Spring Boot application is configured, found and reached", spring, 2, targets=program),
        Suite("amqp-worker", "a worker of somebody else reads audit from RabbitMQ", amqp_worker, targets=program, servers=("rabbitmq",)),
        Suite("log-faults", "RabbitMQ and Kafka are killed, paused and restarted under those who send", log_faults, 3, targets=program,
              servers=("rabbitmq", "kafka")),
        Suite("process-faults", "services are killed and paused, as processes on PostgreSQL, RabbitMQ and Redis", process_faults, 2,
              targets=program, servers=("postgres", "rabbitmq", "redis")),
        Suite("moving", "a folder moves to PostgreSQL, RabbitMQ and Redis and back, through kills", moving, 2, targets=program,
              servers=("postgres", "rabbitmq", "redis")),
        Suite("server-troubles", "what a start says of servers that refuse, are silent or cannot be trusted", server_troubles,
              targets=program, servers=SERVERS),
        Suite("server-ways", "users, TLS, several addresses and what takes over when a server dies", server_ways, 2, targets=program,
              servers=("postgres", "redis", "rabbitmq", "kafka")),
        Suite("e2e", "the web app in a real browser", e2e, 5, ("browser",), "app", program),
        Suite("asan", "the C++ suites with address and undefined sanitizers", sanitized("asan"), 12, ("sanitize",), "app", servers=SERVERS,
              ahead=tuple(f"{name}_tests" for name in cpp_suites(RELEASE))),
        Suite("fuzz", "ten seconds a parser", fuzz_all, 3, ("sanitize",)),
        Suite("upgrading", "a second installation on the same servers takes over while people send", upgrading, 3, targets=program,
              servers=("postgres", "rabbitmq", "redis"), may_be_left=True),
        Suite("restoring", "what is at servers is backed up, lost and put back on empty ones", restoring, 6, targets=program,
              servers=("postgres", "rabbitmq", "redis", "ferretdb"), may_be_left=True),
        Suite("mongo-faults", "consumers are killed and paused, with messages at MongoDB", mongo_faults, 4, targets=program,
              servers=("postgres", "rabbitmq", "redis", "ferretdb"), may_be_left=True),
        Suite("tsan", f"the thread sanitizer: {', '.join(THREADED)}", sanitized("tsan", THREADED), 20, ("sanitize",),
              servers=SERVERS, may_be_left=True),
        Suite("e2e-servers", "the same over two processes of each service on PostgreSQL, RabbitMQ and Redis", e2e_servers, 12, ("browser",),
              "app", program, servers=("postgres", "rabbitmq", "redis"), may_be_left=True),
    ]
    return before + cpp + after
