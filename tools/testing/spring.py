"""An application of Spring Boot that knows nothing of Loquat: configured, found, balanced and reached through the gateway.

It stands in tools/testing/spring/app, is built with Maven into .cache/spring, and is left out where there is no Maven or Java.
"""
import concurrent.futures
import contextlib
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from tools.infra.server import free_ports
from tools.testing.pinned import with_maven
from tools.testing.process import ROOT, loquat, stop

SOURCES = ROOT / "tools" / "testing" / "spring"
APP = ROOT / ".cache" / "spring"
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m", "-jar", APP / "target" / "guest-1.jar"]
SECONDS = 40
REQUESTS = 40


def fetch(url, method="GET", accept="application/json"):
    """The status, the body and the headers; 0 when nobody answered."""
    request = urllib.request.Request(url, method=method, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace"), error.headers
    except OSError as error:
        return 0, str(error), {}


def comes(happens, seconds=SECONDS):
    """Whether it happens in time; asks again until then."""
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


class Stage:
    """Loquat with a registry, a config server and a route to the guest, and as many guests as were asked in."""

    def __init__(self, gateway, registry, config, folder, logs):
        self.gateway, self.registry, self.config, self.folder, self.logs = gateway, registry, config, folder, logs
        self.guests = {}

    def invite(self, name):
        log = open(self.logs.with_name(f"spring-{name}.log"), "wb")
        settings = {"config": self.config, "registry": self.registry, "instance": name}
        command = [str(part) for part in JAVA] + [f"--guest.{key}={value}" for key, value in settings.items()]
        self.guests[name] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        log.close()

    def registered(self):
        """Where each guest that is up can be reached, by its name."""
        status, body, _ = fetch(f"{self.registry}/eureka/apps/guest")
        if status != 200:
            return {}
        return {one["instanceId"].split(":")[1]: f"http://{one['hostName']}:{one['port']['$']}"
                for one in json.loads(body)["application"]["instance"] if one["status"] == "UP"}

    def greet(self, path="greeting"):
        """The status and what a guest said to a request through the gateway."""
        status, body, headers = fetch(f"{self.gateway}/guest/{path}")
        return status, (json.loads(body) if status == 200 else body), headers

    def asked(self, path="greeting", times=REQUESTS):
        """The statuses and the guests that answered."""
        answers = [self.greet(path) for _ in range(times)]
        return {status for status, _, _ in answers}, {said["instance"] for status, said, _ in answers if status == 200}


@contextlib.contextmanager
def stage(binary, log):
    registry, config = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="loquat-spring-") as home:
        folder = pathlib.Path(home) / "config"
        shutil.copytree(SOURCES / "config", folder)
        settings = {"registry.port": registry, "config.port": config, "config.folder": folder, "config.encrypt.key": "foo",
                    "gateway.routes_file": SOURCES / "routes.yml", "gateway.limits.enabled": "false"}
        arguments = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
        with loquat(binary, log.with_name("spring-loquat.log"), arguments) as gateway:
            held = Stage(gateway, f"http://127.0.0.1:{registry}", f"http://127.0.0.1:{config}", folder, log)
            try:
                yield held
            finally:
                for guest in held.guests.values():
                    stop(guest)


def registers(here):
    here.invite("one")
    return comes(lambda: "one" in here.registered())


def is_configured(here):
    _, said, _ = here.greet()
    return said["greeting"] == "hello" and said["secret"] == "mysecret"


def is_reached_by_its_name(here):
    status, said, headers = here.greet()
    return (status, said["instance"], said["route"], headers["X-Answered-By"]) == (200, "one", "guest", "guest")


def finds_others_by_their_names(here):
    return comes(lambda: here.asked("relay", 1) == ({200}, {"one"}))


def takes_a_change_when_told(here):
    """And is not missed while it registers anew, which it does then."""
    (here.folder / "application.yml").write_text("greeting: good evening\n")
    address = here.registered()["one"]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        refreshed = pool.submit(fetch, f"{address}/actuator/refresh", "POST")
        statuses = set()
        while not refreshed.done():
            statuses |= here.asked(times=1)[0]
    status, keys, _ = refreshed.result()
    statuses |= here.asked()[0]
    return (status == 200 and "greeting" in json.loads(keys) and statuses == {200}
            and here.greet()[1]["greeting"] == "good evening")


def shares_the_work(here):
    here.invite("two")
    both = {"one", "two"}
    if not comes(lambda: here.registered().keys() == both and here.asked()[1] == both):
        return False
    return here.asked()[0] == {200} and comes(lambda: here.asked("relay")[1] == both)


def is_not_missed_when_killed(here):
    here.guests["one"].send_signal(signal.SIGKILL)
    return here.asked() == ({200}, {"two"}) and comes(lambda: here.registered().keys() == {"two"})


def returns(here):
    here.invite("one")
    return comes(lambda: here.asked() == ({200}, {"one", "two"}))


def is_not_missed_when_it_leaves(here):
    leaving = here.guests["two"]
    leaving.send_signal(signal.SIGTERM)
    statuses = set()
    while leaving.poll() is None:
        statuses |= here.asked(times=5)[0]
    return statuses == {200} and comes(lambda: here.registered().keys() == {"one"}) and here.asked() == ({200}, {"one"})


def leaves_a_clear_answer_behind(here):
    stop(here.guests["one"])
    return comes(lambda: not here.registered()) and comes(lambda: here.greet()[0] == 503) and json.loads(here.greet()[1])["code"] == "upstream.unavailable"


LIFE = [registers, is_configured, is_reached_by_its_name, finds_others_by_their_names, takes_a_change_when_told, shares_the_work,
        is_not_missed_when_killed, returns, is_not_missed_when_it_leaves, leaves_a_clear_answer_behind]


def kept(promise, here, out):
    """Whether it is; what went wrong is in the log."""
    try:
        held, why = promise(here), ""
    except (OSError, KeyError, TypeError, ValueError) as error:
        held, why = False, f": {error!r}"
    print(f"{'ok' if held else 'not ok'} a guest {promise.__name__.replace('_', ' ')}{why}", file=out, flush=True)
    return held


def built(log):
    """The exit code of Maven; None where there is none."""
    if not shutil.which("mvn") or not shutil.which("java"):
        return None
    shutil.rmtree(APP, ignore_errors=True)
    shutil.copytree(SOURCES / "app", APP)
    return with_maven(["package"], log.with_name("spring-maven.log"), APP)


def check(binary, log):
    """An exit code for each promise; None when the guest cannot be built here."""
    code = built(log)
    if code != 0:
        return [code]
    with open(log, "w", encoding="utf-8") as out, stage(binary, log) as here:
        return [0 if kept(promise, here, out) else 1 for promise in LIFE]
