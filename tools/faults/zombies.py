"""One that slept, is awake again and believes what was so before it fell asleep."""
import itertools
import time

from tools.faults.sleep import asleep
from tools.testing.log_faults import TAKEN, Api

ASLEEP = 6        # seconds: more than any memory or lease lasts
PATIENCE = 30     # seconds until the only one that is left answers
WARM, TRIES = 20, 20
PASSWORD = "a long enough password"
counter = itertools.count()


class Person:
    def __init__(self, gateway, name):
        self.api = Api(gateway)
        answer = self.must("POST", "/api/auth/register", {"username": f"{name}{next(counter)}", "password": PASSWORD})
        self.api.token, self.id = answer["access_token"], answer["user"]["id"]

    def must(self, method, path, body=None):
        """Asked until it is answered with success."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, answer = self.api.call(method, path, body)
            if 200 <= status < 300:
                return answer
            time.sleep(0.05)
        raise RuntimeError(f"{method} {path}: {status} {answer}")

    def send(self, chat, key):
        return self.api.call("POST", f"/api/chats/{chat}/messages", {"client_id": key, "text": key})[0]


def judged_by_old_memory(chat, _network):
    """Somebody is removed while `chat` sleeps with the members in its memory; then it is the only one who can be asked. What it lets
    through, a line each."""
    other = next(process for process in chat.fleet.processes if process.name == f"{chat.name}-2")
    gateway = next(process.url for process in chat.fleet.processes if process.name == "gateway")
    ana, bob = Person(gateway, "zoe"), Person(gateway, "bob")
    room = ana.must("POST", "/api/chats", {"kind": "group", "title": "Garden"})["id"]
    ana.must("PUT", f"/api/chats/{room}/members/{bob.id}", {"role": "member"})
    warm = [bob.send(room, f"before-{number}") for number in range(WARM)]  # both have it in memory
    with asleep(chat):
        removed = 0
        while removed not in (200, 204, 404):
            removed = ana.api.call("DELETE", f"/api/chats/{room}/members/{bob.id}")[0]
        time.sleep(ASLEEP)  # the fault itself
        other.kill()
    statuses, end = [], time.monotonic() + PATIENCE
    while len(statuses) < TRIES and time.monotonic() < end:
        status = bob.send(room, f"after-{len(statuses)}")
        if 200 <= status < 500:
            statuses.append(status)
    texts = [message["text"] for message in ana.must("GET", f"/api/chats/{room}/messages?limit=200")["items"]]
    wrong = [f"who was removed may still write: {status}" for status in statuses if status in TAKEN]
    wrong += [f"what somebody wrote who was removed is there: {text}" for text in texts if text.startswith("after")]
    if len(statuses) < TRIES or not any(status in TAKEN for status in warm):
        wrong.append(f"the one that was woken was not asked: {warm} before, {statuses} afterwards")
    return wrong
