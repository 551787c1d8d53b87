"""A log at a real server is killed, paused and restarted while people send: nothing acknowledged is lost, nothing is stored twice.

Each server is one of its own, beside those that other suites use. Senders repeat what they have no answer for, under the same
client id, as a client does; at the end the histories must have each acknowledged message once, none that was refused for good,
what one has sent in that order, and no gap.
"""
import collections
import json
import os
import pathlib
import signal
import threading
import time
import urllib.error
import urllib.request

from tools.infra import processes
from tools.infra.kafka import Kafka
from tools.infra.rabbitmq import RabbitMq
from tools.testing.own_servers import running
from tools.testing.process import loquat

SENDERS = 8
PASSWORD = "a long enough password"  # of who sends, and the first one there
CHATS = 4                # so many conversations: some in each partition
SETTINGS = ["--set", "gateway.limits.enabled=false", "--set", "registry.port=0", "--set", "config.port=0"]
TAKEN = (200, 201, 202)  # known already, stored, accepted
PATIENCE = 60            # seconds until sending works again; the server itself needs most of them
ENOUGH = 200             # acknowledged ones between two faults: a run that sends nothing proves nothing


class Api:
    def __init__(self, address):
        self.address, self.token = address, None

    def call(self, method, path, body=None):
        """Status and answer; 0 when there was none."""
        request = urllib.request.Request(self.address + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "{}")
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}


class Senders:
    """Each sends one message after the other, and each until it is acknowledged."""

    def __init__(self, api, chats):
        self.api, self.chats = api, chats
        self.acknowledged, self.answers = collections.Counter(), collections.Counter()
        self.slowest = collections.Counter()      # milliseconds, by status
        self.last = dict.fromkeys(range(SENDERS), 0.0)  # when each had an acknowledgement last
        self.deadline = float("inf")
        self.lock, self.is_over = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(SENDERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, error, *_):
        if error:
            self.deadline = 0  # what becomes of the rest is of no interest
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def send(self, number):
        count = 0
        chat = self.chats[number % len(self.chats)]
        while not self.is_over.is_set():
            client = f"{number}-{count}"
            status = 0
            # What has begun is brought to its end, so that it is known what became of it.
            while status not in TAKEN:
                begun = time.monotonic()
                status, answer = self.api.call("POST", f"/api/chats/{chat}/messages", {"client_id": client, "text": client})
                took = round((time.monotonic() - begun) * 1000)
                with self.lock:
                    self.answers[f"{status} {answer.get('code', '')}".strip()] += 1
                    self.slowest[status] = max(self.slowest[status], took)
                if status not in TAKEN and self.is_over.wait(0.02) and begun > self.deadline:
                    return
            with self.lock:
                self.acknowledged[client] += 1
                self.last[number] = begun
            count += 1

    def all_since(self, moment):
        """Whether each has sent something since then that was acknowledged."""
        with self.lock:
            return min(self.last.values()) >= moment

    def total(self):
        with self.lock:
            return sum(self.acknowledged.values())


def history(api, chat):
    """All messages, oldest first."""
    found, after = [], 0
    while True:
        status, page = api.call("GET", f"/api/chats/{chat}/messages?after_seq={after}&limit=200")
        if status != 200:
            raise RuntimeError(f"the history answers {status}: {page}")
        if not page["items"]:
            return found
        found += page["items"]
        after = page["last_seq"]


def node_pid(server):
    """The process that serves: RabbitMQ's is a child of the script that was started."""
    pid = server.folder / "pid"
    return int(pid.read_text()) if isinstance(server, RabbitMq) else server.state.pid


def killed(server):
    pid = node_pid(server)
    processes.stop(processes.Running(pid, processes.started_at(pid)), signal.SIGKILL)
    server.down()
    server.up()


def paused(server):
    pid = node_pid(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(5)  # the fault itself: so long it does not answer
    finally:
        os.kill(pid, signal.SIGCONT)


def restarted(server):
    server.down()
    server.up()


def one_fault(server, fault, senders, out):
    with senders.lock:
        senders.answers.clear()
        senders.slowest.clear()
    fault(server)
    begun, before = time.monotonic(), senders.total()
    if not processes.comes(lambda: senders.all_since(begun), PATIENCE):
        raise RuntimeError(f"{server.name} {fault.__name__}: not everybody can send {PATIENCE} s after it is back")
    back = time.monotonic() - begun
    if not processes.comes(lambda: senders.total() >= before + ENOUGH, PATIENCE):
        raise RuntimeError(f"{server.name} {fault.__name__}: too little is acknowledged afterwards")
    with senders.lock:
        told = ", ".join(f"{count} x {answer}" for answer, count in sorted(senders.answers.items()))
        slow = ", ".join(f"{status}: {ms} ms" for status, ms in sorted(senders.slowest.items()))
    line = f"{server.name:9} {fault.__name__:10} back after {back:4.1f} s   {told}   slowest {slow}"
    print(line, flush=True)
    out.write(line + "\n")


def out_of_order(found):
    """Who sends waits for each acknowledgement, so what one has sent ascends."""
    wrong, last = [], {}
    for message in found:
        sender, count = (int(part) for part in message["text"].split("-"))
        if count <= last.get(sender, -1):
            wrong.append(f"{message['text']} comes after {sender}-{last[sender]}")
        last[sender] = count
    return wrong


def wrong_in(histories, acknowledged):
    """What the histories have that they must not, and lack that they must have."""
    times = collections.Counter(message["text"] for found in histories for message in found)
    wrong = [f"{client} was acknowledged and is there {times[client]} times" for client in acknowledged if times[client] != 1]
    wrong += [f"{client} is there and was never acknowledged" for client in times if client not in acknowledged]
    for found in histories:
        seqs = [message["seq"] for message in found]
        if seqs != list(range(1, len(seqs) + 1)):
            wrong.append("the sequence numbers have gaps")
        wrong += out_of_order(found)
    return wrong


def under_faults(name, address, faults, out):
    """1 when, after all of `faults` (what, and what is done to it), something is not as those who sent were told; else 0."""
    api = Api(address)
    api.token = api.call("POST", "/api/auth/register", {"username": "ana", "password": PASSWORD})[1]["access_token"]
    chats = [api.call("POST", "/api/chats", {"kind": "group", "title": f"Garden {number}"})[1]["id"] for number in range(CHATS)]
    with Senders(api, chats) as senders:
        if not processes.comes(lambda: senders.total() >= ENOUGH, PATIENCE):
            raise RuntimeError(f"{name}: nothing is acknowledged: {dict(senders.answers)}")
        for what, fault in faults:
            one_fault(what, fault, senders, out)
        senders.deadline = time.monotonic() + PATIENCE
    acknowledged = senders.acknowledged
    processes.comes(lambda: sum(len(history(api, chat)) for chat in chats) >= len(acknowledged), PATIENCE)
    wrong = wrong_in([history(api, chat) for chat in chats], acknowledged)
    print(f"{name:9} {len(acknowledged)} acknowledged, {len(wrong)} wrong", flush=True)
    out.write("\n".join(wrong[:20]) + "\n")
    return 1 if wrong else 0


def try_server(kind, name, binary, log, out):
    with running(kind) as (server,):
        settings = [*SETTINGS, "--set", f"store.log.kind={name}", "--set", f"store.log.url={server.url()}?partitions=2"]
        with loquat(binary, log.with_name(f"log-faults-{name}.log"), settings) as address:
            # In this order: RabbitMQ 3.10 keeps which streams it has in a table that it writes down a few seconds later. Killed
            # before, it has their records and never leads them again; a server that was stopped once has written it.
            return under_faults(name, address, [(server, fault) for fault in (restarted, killed, paused)], out)


def check(binary, log):
    """An exit code for each server."""
    codes = []
    with open(log, "w", encoding="utf-8") as out:
        for kind, name in ((RabbitMq, "rabbitmq"), (Kafka, "kafka")):
            try:
                codes.append(try_server(kind, name, pathlib.Path(binary), log, out))
            except (RuntimeError, OSError, KeyError) as error:
                print(f"{name:9} {error}", flush=True)
                out.write(f"{error}\n")
                codes.append(1)
    return codes
