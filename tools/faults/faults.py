"""What is done to one part, and the list of what is done to all of them."""
import contextlib
import dataclasses
import os
import time

from tools.faults.sleep import asleep
from tools.faults.zombies import judged_by_old_memory

# What the failure table promises: of sends and, where they differ, of what is shown and of answers.
AIMS = {"gateway": "1 s", "realtime": "1 s", "chat": "1 s, answers 4 s", "consumer": "shown 3 s", "redis": "shown 2 s",
        "kafka": "3 s", "rabbitmq": "3 s", "postgres": "5 s", "registry": "at once", "config": "at once",
        "model": "answers fail or fall back", "auth": "at once", "presence": "at once"}
AWAY = 10          # seconds of a cut and of a full disk
LATE = 4           # seconds that are longer than a lease, and so few that what was sent arrives in the end, before anybody gives it up
BALLOON = "balloon"
BLOCK = bytes(64 * 1024)


def killed(part, _network):
    part.kill()


def restarted(part, _network):
    part.restart()


def paused(seconds):
    def fault(part, _network):
        with asleep(part):
            time.sleep(seconds)  # the fault itself: so long it does not answer
    return fault


def separated(how):
    def fault(part, network):
        with getattr(network, how)(part.name):
            time.sleep(AWAY)
    return fault


def late(part, network):
    """What it has begun to store arrives when another one has long gone on, or is ended by the server before."""
    with network.mute(part.name, "postgres"):
        time.sleep(LATE)


def filled(part, _network):
    """Its disk has no byte left."""
    path = part.folder / BALLOON
    try:
        with open(path, "wb") as balloon, contextlib.suppress(OSError):
            os.posix_fallocate(balloon.fileno(), 0, free_bytes(part.folder))
        end = time.monotonic() + AWAY
        while time.monotonic() < end:
            with open(path, "ab", buffering=0) as balloon, contextlib.suppress(OSError):
                while balloon.write(BLOCK):
                    pass
            time.sleep(0.1)
    finally:
        path.unlink(missing_ok=True)
    part.mend()


def free_bytes(folder):
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


KINDS = {"kill": killed, "restart": restarted, "pause-1": paused(1), "pause-10": paused(10), "pause-30": paused(30),
         "cut": separated("cut"), "deaf": separated("deaf"), "mute": separated("mute"), "late": late, "full": filled, "zombie": judged_by_old_memory}
SAID = {"kill": "SIGKILL", "restart": "SIGTERM, started again", "pause-1": "paused 1 s", "pause-10": "paused 10 s",
        "pause-30": "paused 30 s", "cut": "cut off 10 s", "deaf": "hears nothing 10 s", "mute": "is not heard 10 s",
        "late": "stores late", "full": "disk full 10 s", "zombie": "wakes with old memory"}


@dataclasses.dataclass(frozen=True)
class Fault:
    part: str
    kind: str

    @property
    def name(self):
        return f"{self.part}/{self.kind}"

    @property
    def service(self):
        return self.part.partition("-")[0]


def planned(part):
    """The faults of one part, by its name. What keeps nothing on a disk of its own is not filled; of a second instance the
    first's faults say all but what its death means, and what only those notice whose partitions it reads."""
    if part.endswith("-2"):
        return [Fault(part, kind) for kind in ("kill", *(["late"] if part == "consumer-2" else []))]
    keeps = part in ("chat", "postgres", "kafka", "rabbitmq")
    leaves_out = {"full": not keeps, "zombie": part != "chat", "late": part != "consumer"}
    return [Fault(part, kind) for kind in KINDS if not leaves_out.get(kind)]


def chosen(parts, only):
    """All faults of PARTS, or those whose part, service, kind or name is in ONLY; KeyError names what fits nothing."""
    faults = [fault for part in parts for fault in planned(part)]
    if not only:
        return faults
    for word in only:
        if not any(word in (fault.part, fault.kind, fault.name, fault.service) for fault in faults):
            raise KeyError(word)
    return [fault for fault in faults if {fault.part, fault.kind, fault.name, fault.service} & set(only)]
