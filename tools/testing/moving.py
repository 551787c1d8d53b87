"""What began as one folder moves to PostgreSQL, RabbitMQ and Redis with a process for each service, back, and to servers again.

The folder's program is killed under those who send, and the import is killed again and again. All that was acknowledged is there
afterwards, the same rows are counted everywhere, and people sign in with the passwords they had. At the first servers a rule of
somebody else's keeps one message out of the database: it moves among what was put aside, and is stored at the last ones.
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
from tools.testing.log_faults import ENOUGH, PATIENCE, SENDERS, SETTINGS, TAKEN, Api, Senders, history, wrong_in
from tools.testing.own_servers import running
from tools.testing.process import loquat, ready_address, stop
from tools.testing.process_faults import Platform

PASSWORD = "a long enough password"
ONE_MORE, KEPT_OUT = f"{SENDERS}-0", f"{SENDERS + 1}-0"  # as senders of their own would
LINES = 8_000            # of the imported conversation: several parts of an archive
FIGURES = re.compile(r"^(\S+\.\S+) +(\d+)  ([0-9a-f]{64})$", re.M)
PROGRESS = re.compile(rb"^\w+ \d+/\d+$")


class Moved:
    """One installation on its way; each step checks what must hold after it."""

    def __init__(self, binary, folder, log, servers):
        self.binary, self.folder, self.log = str(binary), folder, log
        self.postgres, self.platform = servers[0], Platform(binary, folder, servers)
        self.platform.env["LOQUAT_STORE__LOG__URL"] += "?partitions=3"
        self.chat, self.acknowledged = None, None

    @property
    def owner(self):
        return {**self.platform.env, "LOQUAT_MIGRATE_URL": self.platform.owner}

    @property
    def at_servers(self):
        """Where the process that runs auth keeps its keys."""
        return pathlib.Path(self.platform.data) / "auth"

    def sql(self, statement):
        subprocess.run([self.postgres.program("psql"), self.platform.owner, "-qc", statement], check=True, capture_output=True)

    def go_elsewhere(self, servers):
        """To another database, other names in the log and another folder, at the same servers."""
        (self.folder / "again").mkdir()
        self.sql("CREATE DATABASE again")
        self.platform = Platform(self.binary, self.folder / "again", servers)
        self.platform.owner = self.platform.owner.rsplit("/", 1)[0] + "/again"
        self.platform.env["LOQUAT_STORE__SQL__URL"] = self.platform.env["LOQUAT_STORE__SQL__URL"].replace("/loquat?", "/again?")
        self.platform.env["LOQUAT_STORE__LOG__URL"] += "?partitions=5&prefix=again."

    def put_aside(self):
        """The records that were put aside, where they are now."""
        done = subprocess.run([self.binary, "dead", "list", "--json", "--data", str(self.at_servers)], env=self.platform.env,
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["items"]

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


def send(moved, address, text):
    return moved.sign_in(address).call("POST", f"/api/chats/{moved.chat}/messages", {"client_id": text, "text": text})


def send_on(moved, address):
    status, answer = send(moved, address, ONE_MORE)
    moved.acknowledged[ONE_MORE] += 1
    return [] if status in TAKEN else [f"sending on answers {status}: {answer}"]


def keep_one_out(moved, address):
    """One message that the database does not take, which is said to who sent it."""
    moved.sql(f"ALTER TABLE messages.messages ADD CONSTRAINT elsewhere CHECK (text <> '{KEPT_OUT}') NOT VALID")
    status, answer = send(moved, address, KEPT_OUT)
    wrong = [] if answer.get("code") == "message.not_stored" else [f"what is kept out is answered {status}: {answer}"]
    if not processes.comes(moved.put_aside, PATIENCE):
        wrong.append("what the database does not take is not put aside")
    return wrong


def bring_back(moved, address):
    """What was put aside is stored, now that nothing keeps it out."""
    moved.acknowledged[KEPT_OUT] += 1
    subprocess.run([moved.binary, "dead", "retry", "--all", "--data", str(moved.at_servers)], env=moved.platform.env, check=True,
                   capture_output=True)
    # Once it is stored nothing is wrong any more; what is otherwise says it itself.
    processes.comes(lambda: not moved.wrong_at(address), PATIENCE)
    return moved.wrong_at(address)


def at_servers(moved, name):
    return loquat(moved.binary, moved.log.with_name(f"moving-{name}.log"), ["--processes", *SETTINGS], moved.platform.data,
                  moved.platform.env)


def move_again(moved, servers, archive):
    """From the folder to servers once more, with what was put aside at the first ones."""
    there = moved.put_aside()
    gone = moved.run("export", archive, "--data", moved.folder / "two")
    moved.go_elsewhere(servers)
    moved.platform.migrate()
    come = moved.run("import", archive, "--data", moved.at_servers, env=moved.owner)
    wrong = [f"{name} is another one at the next servers" for name in gone if gone[name] != come.get(name)]
    names = ("topic", "partition", "offset", "log", "reason", "given_up_at")
    if [[one[name] for name in names] for one in there] != [[one[name] for name in names] for one in moved.put_aside()]:
        wrong.append(f"what was put aside is {moved.put_aside()} and was {there}")
    with at_servers(moved, "again") as address:
        return wrong + bring_back(moved, address)


def move(moved, servers, out):
    """Everything that is wrong."""
    first, second = moved.folder / "archive1", moved.folder / "archive2"
    moved.fill(moved.folder / "one")
    before = moved.run("export", first, "--data", moved.folder / "one")
    moved.platform.migrate()
    kills, there = moved.import_under_kills(first, moved.at_servers)
    print(f"moving    {before['messages.messages'][0]} messages; the import was killed {kills} times", flush=True)
    wrong = [f"{name} is another one at the servers" for name in before if before[name] != there.get(name)]
    with at_servers(moved, "servers") as address:
        wrong += moved.wrong_at(address) + send_on(moved, address) + keep_one_out(moved, address)
    after = moved.run("export", second, "--data", moved.at_servers, env=moved.platform.env)
    back = moved.run("import", second, "--data", moved.folder / "two")
    if after["messages.messages"][0] != before["messages.messages"][0] + 1:
        wrong.append(f"{after['messages.messages'][0]} messages come back")
    if after["log.dead"][0] != 1:
        wrong.append(f"{after['log.dead'][0]} records that were put aside come back")
    wrong += [f"{name} is another one in the folder" for name in after if after[name] != back.get(name)]
    with loquat(moved.binary, moved.log.with_name("moving-back.log"), SETTINGS, str(moved.folder / "two")) as address:
        wrong += moved.wrong_at(address)
    wrong += move_again(moved, servers, moved.folder / "archive3")
    print(f"moving    {len(moved.acknowledged)} acknowledged, {len(wrong)} wrong", flush=True)
    out.write("\n".join(wrong[:50]) + "\n")
    return wrong if kills > 0 else ["the import was never killed"]


def check(binary, log):
    """An exit code."""
    with open(log, "w", encoding="utf-8") as out, tempfile.TemporaryDirectory(prefix="loquat-") as folder:
        try:
            with running(Postgres, RabbitMq, Redis) as servers:
                return [1 if move(Moved(binary, pathlib.Path(folder), log, servers), servers, out) else 0]
        except (RuntimeError, OSError, KeyError, subprocess.CalledProcessError) as error:
            print(f"moving    {error}", flush=True)
            out.write(f"{error}\n")
            return [1]
