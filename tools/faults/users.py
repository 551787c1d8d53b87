"""Those who use it while its parts fail: the program loquat-fault-load, and what its lines say."""
import collections
import dataclasses
import subprocess
import threading

READY_SECONDS = 60
END_SECONDS = 300
KINDS = ("sent", "failed", "shown", "answered", "undone")


@dataclasses.dataclass(frozen=True)
class Sight:
    kind: str     # one of KINDS
    who: str
    begun: float  # seconds of time.monotonic()
    ended: float
    code: str = ""


def parse(line):
    """None for a line that is none of these."""
    words = line.split(" ", 4)
    if words[0] not in KINDS or len(words) < 4:
        return None
    return Sight(words[0], words[1], int(words[2]) / 1e9, int(words[3]) / 1e9, words[4].strip() if len(words) > 4 else "")


def back_after(sights, kind, since, everybody):
    """Seconds from SINCE until each of EVERYBODY has met with what began after it; None while somebody has not."""
    first = {}
    for sight in sights:
        if sight.kind == kind and sight.begun >= since:
            first[sight.who] = min(first.get(sight.who, sight.ended), sight.ended)
    if not everybody <= first.keys():
        return None
    return max((ended - since for ended in first.values()), default=0.0)


def longest_wait(sights, since):
    """Of one who sent until it was acknowledged, repeats included, in seconds."""
    longest, begun = 0.0, {}
    for sight in sights:
        if sight.kind == "failed":
            begun.setdefault(sight.who, sight.begun)
        elif sight.kind == "sent":
            wait = sight.ended - begun.pop(sight.who, sight.begun)
            longest = max(longest, wait if sight.ended >= since else 0.0)
    return longest


def longest_unseen(sights, since):
    """Between a send and its being shown, in seconds."""
    return max((sight.ended - sight.begun for sight in sights if sight.kind == "shown" and sight.ended >= since), default=0.0)


def errors(sights, since):
    """Of those who sent, and of answers that came to their end as failed ones."""
    words = {"failed": "{}", "answered": "answer {}"}
    return collections.Counter(words[sight.kind].format(sight.code) for sight in sights
                               if sight.kind in words and sight.code and sight.ended >= since)


def undone(sights):
    """What was read without an edit that had been acknowledged, each text once."""
    return sorted({sight.code for sight in sights if sight.kind == "undone"})


class Users:
    def __init__(self, program, seed, gateways, log):
        self.log = open(log, "w", encoding="utf-8")
        self.process = subprocess.Popen([str(part) for part in (program, seed, *gateways)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        self.sights, self.wrong, self.summary = [], [], ""
        self.lock, self.are_ready = threading.Lock(), threading.Event()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.log.write(line)
            if sight := parse(line):
                with self.lock:
                    self.sights.append(sight)
            elif line.startswith("ready"):
                self.are_ready.set()
            elif line.startswith("wrong "):
                self.wrong.append(line.removeprefix("wrong ").strip())
            elif line.startswith("checked "):
                self.summary = line.strip()

    def wait_until_ready(self):
        if not self.are_ready.wait(READY_SECONDS):
            raise RuntimeError(f"those who use it cannot begin: {'; '.join(self.wrong)}")

    def since(self, begun):
        """What was met with after BEGUN, and who was still waiting then."""
        with self.lock:
            return [sight for sight in self.sights if sight.ended >= begun]

    def everybody(self):
        """Who meets with what, of all so far."""
        found = collections.defaultdict(set)
        with self.lock:
            for sight in self.sights:
                found[sight.kind].add(sight.who)
        return found

    def end(self):
        """Lets them end what they have begun and compare; what is wrong."""
        self.process.stdin.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wrong.append(f"those who use it have not come to an end {END_SECONDS} s after the last fault")
        self.reader.join()
        self.log.close()
        if not self.summary:
            self.wrong.append(f"nothing was compared: the users' program ended with {self.process.wait()}")
        return self.wrong
