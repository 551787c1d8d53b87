"""What began as one folder moves to PostgreSQL, RabbitMQ and Redis with a process for each service, and back.

The folder's program is killed under those who send, and the import is killed again and again. All that was acknowledged is there
afterwards, the same rows are counted everywhere, and people sign in with the passwords they had.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from tools.infra import processes
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.log_faults import ENOUGH, PATIENCE, SENDERS, SETTINGS, Api, Senders, history, wrong_in
from tools.testing.own_servers import running
from tools.testing.process import loquat, ready_address, stop
from tools.testing.process_faults import Platform

PASSWORD = "a long enough password"
LINES = 8_000            # of the imported conversation: several parts of an archive
FIGURES = re.compile(r"^(\S+\.\S+) +(\d+)  ([0-9a-f]{64})$", re.M)
PROGRESS = re.compile(rb"^\w+ \d+/\d+$")


class Moved:
    """One installation on its way; each step checks what must hold after it."""

    def __init__(self, binary, folder, log, servers):
        self.binary, self.folder, self.log = str(binary), folder, log
        self.platform = Platform(binary, folder, servers)
        self.platform.env["LOQUAT_STORE__LOG__URL"] += "?partitions=3"
        self.owner = {**self.platform.env, "LOQUAT_MIGRATE_URL": self.platform.owner}
        # Where the process that runs auth keeps its keys.
        self.at_servers = pathlib.Path(self.platform.data) / "auth"
        self.chat, self.acknowledged = None, None

    def run(self, *arguments, env=None):
        """What the program says of tables: name to rows and hash."""
        done = subprocess.run([self.binary, *map(str, arguments)], env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return {name: (int(rows), digest) for name, rows, digest in FIGURES.findall(done.stdout)}

    def fill(self, data):
        """An imported conversation of long texts, and one that is written until the program is killed."""
        lines = self.folder / "lines.jsonl"
        with open(lines, "w", encoding="utf-8") as out:
            for number in range(LINES):
                out.write(json.dumps({"room": f"room {number % 7}", "user": f"user{number % 40}", "text": f"{number} " + "wörter " * 160}))
                out.write("\n")
        self.run("import", lines, "--data", data)
        with open(self.log.with_name("moving-folder.log"), "wb") as errors:
            process = subprocess.Popen([self.binary, "up", "--port", "0", "--data", str(data), *SETTINGS], stdout=subprocess.PIPE,
                                       stderr=errors, start_new_session=True)
        try:
            api = Api(ready_address(process, self.log))
            api.token = api.call("POST", "/api/auth/register", {"username": "ana", "password": PASSWORD})[1]["access_token"]
            self.chat = api.call("POST", "/api/chats", {"kind": "group", "title": "Garden"})[1]["id"]
            with Senders(api, [self.chat]) as senders:
                if not processes.comes(lambda: senders.total() >= ENOUGH, PATIENCE):
                    raise RuntimeError(f"nothing is acknowledged: {dict(senders.answers)}")
                os.killpg(process.pid, signal.SIGKILL)
                senders.deadline = 0
            self.acknowledged = senders.acknowledged
        finally:
            process.stdout.close()
            stop(process)

    def import_under_kills(self, archive, data):
        """It is killed at every line of progress that it has not come to before; gives how often, and what it says in the end."""
        seen = set()
        while True:
            with subprocess.Popen([self.binary, "import", str(archive), "--data", str(data)], env=self.owner,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
                fresh = next((line for line in process.stderr if PROGRESS.match(line.strip()) and line not in seen), None)
                if fresh is None:
                    break
                seen.add(fresh)
                process.kill()
        return len(seen), self.run("import", archive, "--data", data, env=self.owner)

    def sign_in(self, address):
        api = Api(address)
        status, answer = api.call("POST", "/api/auth/login", {"login": "ana", "password": PASSWORD})
        if status != 200:
            raise RuntimeError(f"signing in answers {status}: {answer}")
        api.token = answer["access_token"]
        return api

    def wrong_at(self, address):
        """What the history lacks, or has and must not."""
        found = history(self.sign_in(address), self.chat)
        # What was on its way when the program was killed is stored once or not at all.
        unanswered = {message["text"] for message in found} - set(self.acknowledged)
        return [what for what in wrong_in([found], self.acknowledged) if what.split(" ")[0] not in unanswered]


def move(moved, out):
    """Everything that is wrong."""
    first, second = moved.folder / "archive1", moved.folder / "archive2"
    moved.fill(moved.folder / "one")
    before = moved.run("export", first, "--data", moved.folder / "one")
    moved.platform.migrate()
    kills, there = moved.import_under_kills(first, moved.at_servers)
    print(f"moving    {before['messages.messages'][0]} messages; the import was killed {kills} times", flush=True)
    wrong = [f"{name} is another one at the servers" for name in before if before[name] != there.get(name)]
    with loquat(moved.binary, moved.log.with_name("moving-servers.log"), ["--processes", *SETTINGS], moved.platform.data,
                moved.platform.env) as address:
        wrong += moved.wrong_at(address)
        one_more = f"{SENDERS}-0"  # as a sender of its own would
        status, answer = moved.sign_in(address).call("POST", f"/api/chats/{moved.chat}/messages",
                                                     {"client_id": one_more, "text": one_more})
        moved.acknowledged[one_more] += 1
        wrong += [] if status in (200, 201, 202) else [f"sending on answers {status}: {answer}"]
    after = moved.run("export", second, "--data", moved.at_servers, env=moved.platform.env)
    back = moved.run("import", second, "--data", moved.folder / "two")
    if after["messages.messages"][0] != before["messages.messages"][0] + 1:
        wrong.append(f"{after['messages.messages'][0]} messages come back")
    wrong += [f"{name} is another one in the folder" for name in after if after[name] != back.get(name)]
    with loquat(moved.binary, moved.log.with_name("moving-back.log"), SETTINGS, str(moved.folder / "two")) as address:
        wrong += moved.wrong_at(address)
    print(f"moving    {len(moved.acknowledged)} acknowledged, {len(wrong)} wrong", flush=True)
    out.write("\n".join(wrong[:50]) + "\n")
    return wrong if kills > 0 else ["the import was never killed"]


def check(binary, log):
    """An exit code."""
    with open(log, "w", encoding="utf-8") as out, tempfile.TemporaryDirectory(prefix="loquat-") as folder:
        try:
            with running(Postgres, RabbitMq, Redis) as servers:
                return [1 if move(Moved(binary, pathlib.Path(folder), log, servers), out) else 0]
        except (RuntimeError, OSError, KeyError, subprocess.CalledProcessError) as error:
            print(f"moving    {error}", flush=True)
            out.write(f"{error}\n")
            return [1]
