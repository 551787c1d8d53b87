"""A network of this program's own: places with an address each, joined by a bridge, every one a network namespace.

Only for a program that is itself in network, mount and process namespaces of its own: all of it is gone with the program.
"""
import contextlib
import json
import os
import pathlib
import subprocess
import time

NET = "10.77.0"
MIDDLE = "middle"
NOWHERE = "nowhere"
NOBODY = "02:00:00:00:00:99"  # a hardware address that nobody has


def run(*command, give=None):
    done = subprocess.run([str(part) for part in command], input=give, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


class Place:
    def __init__(self, number):
        self.address = f"{NET}.{number}"
        self.wire = f"w{number}"
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == own:  # until it has made it
            time.sleep(0.001)
        self.around = ("nsenter", f"--net=/proc/{self.holder.pid}/ns/net")

    def processes(self):
        """Ids of all that run here."""
        space = os.readlink(f"/proc/{self.holder.pid}/ns/net")
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(process / "ns" / "net") == space and int(process.name) != self.holder.pid:
                    found.append(int(process.name))
        return found

    def inside(self, *command, give=None):
        return run(*self.around, *command, give=give)


class Network:
    def __init__(self):
        self.places = {}
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", MIDDLE, "type", "bridge", "forward_delay", 0)
        run("ip", "addr", "add", f"{NET}.1/24", "dev", MIDDLE)
        run("ip", "link", "set", MIDDLE, "up")
        # Where frames go that are to be lost.
        run("ip", "link", "add", NOWHERE, "type", "veth", "peer", "name", f"{NOWHERE}-end")
        run("ip", "link", "set", f"{NOWHERE}-end", "up")
        run("ip", "link", "set", NOWHERE, "master", MIDDLE, "up")

    def add(self, name):
        place = Place(len(self.places) + 2)
        run("ip", "link", "add", place.wire, "type", "veth", "peer", "name", "eth0", "netns", place.holder.pid)
        run("ip", "link", "set", place.wire, "master", MIDDLE, "up")
        place.inside("ip", "link", "set", "lo", "up")
        place.inside("ip", "addr", "add", f"{place.address}/24", "dev", "eth0")
        place.inside("ip", "link", "set", "eth0", "up")
        place.hardware = json.loads(place.inside("ip", "-j", "link", "show", "eth0"))[0]["address"]
        self.places[name] = place
        return place

    @contextlib.contextmanager
    def cut(self, name):
        """What goes to and from it is lost without a word."""
        wire = self.places[name].wire
        run("ip", "link", "set", wire, "nomaster")
        try:
            yield
        finally:
            run("ip", "link", "set", wire, "master", MIDDLE)

    @contextlib.contextmanager
    def deaf(self, name):
        """What is sent to it is lost; what it sends arrives."""
        place = self.places[name]
        run("bridge", "fdb", "replace", place.hardware, "dev", NOWHERE, "master", "static", "sticky")
        try:
            yield
        finally:
            run("bridge", "fdb", "del", place.hardware, "dev", NOWHERE, "master")

    @contextlib.contextmanager
    def mute(self, name, towards=None):
        """What it sends, to that one or to all, is lost; what is sent to it arrives."""
        place = self.places[name]
        others = [f"{NET}.1"] + [other.address for other in self.places.values() if other is not place]
        if towards is not None:
            others = [self.places[towards].address]

        def neighbours(line):
            place.inside("ip", "-force", "-batch", "-", give="".join(line.format(other) + "\n" for other in others))

        neighbours("neigh replace {} lladdr " + NOBODY + " nud permanent dev eth0")
        try:
            yield
        finally:
            neighbours("neigh del {} dev eth0")

    def close(self):
        for place in self.places.values():
            place.holder.kill()
            place.holder.wait()
