"""What is kept at servers is backed up as docs/operations.md says, everything is lost, and it is put back on empty servers.

Once with messages at PostgreSQL and once at what speaks MongoDB; the log is RabbitMQ, which begins empty. What was there when it was
backed up is there afterwards, once and in order, people sign in with the passwords they had, and sending goes on.
"""
import pathlib
import shutil
import subprocess
import tempfile

from tools.infra import processes
from tools.infra.ferretdb import FerretDb
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.log_faults import PATIENCE, SETTINGS, Api, history
from tools.testing.own_servers import running
from tools.testing.process import loquat
from tools.testing.process_faults import Platform

PASSWORD = "a long enough password"
MESSAGES = 300


def platform_on(binary, folder, servers):
    """With a role for each service."""
    platform = Platform(binary, folder, servers)
    platform.migrate()
    return platform


def started(platform, log):
    return loquat(platform.binary, log.with_name("restoring-loquat.log"), ["--processes", *SETTINGS], platform.data, platform.env)


def signed_in(address, path="login", name="login"):
    api = Api(address)
    status, answer = api.call("POST", f"/api/auth/{path}", {name: "ana", "password": PASSWORD})
    if status >= 300:
        raise RuntimeError(f"signing in answers {status}: {answer}")
    api.token = answer["access_token"]
    return api


def send(api, chat, numbers):
    for number in numbers:
        status, answer = api.call("POST", f"/api/chats/{chat}/messages", {"client_id": f"m{number}", "text": f"m{number}"})
        if status >= 300:
            raise RuntimeError(f"sending answers {status}: {answer}")


def texts(api, chat, count):
    """Once so many are there, or when that has taken too long."""
    processes.comes(lambda: len(history(api, chat)) >= count, PATIENCE)
    found = history(api, chat)
    if [message["seq"] for message in found] != list(range(1, len(found) + 1)):
        raise RuntimeError("the sequence numbers have gaps")
    return [message["text"] for message in found]


def tool(postgres, name, *words):
    subprocess.run([str(word) for word in (postgres.program(name), *words)], check=True, capture_output=True)


def back_up(platform, servers, place):
    """Loquat is stopped."""
    place.mkdir()
    tool(servers[0], "pg_dump", "--format=custom", "--no-privileges", "--file", place / "dump", servers[0].url())
    shutil.copytree(platform.data, place / "data")
    for mongo in servers[3:]:
        mongo.down()
        shutil.copytree(mongo.data, place / "mongo")
        mongo.up()


def put_back(binary, folder, servers, place):
    tool(servers[0], "pg_restore", "--no-owner", "--dbname", servers[0].url(), place / "dump")
    shutil.copytree(place / "data", folder / "data")
    for mongo in servers[3:]:
        # Its users are in its files: the password is the one of then.
        mongo.down()
        shutil.rmtree(mongo.data)
        shutil.copytree(place / "mongo", mongo.data)
        mongo.state.password = (place / "password").read_text()
        mongo.up()
    return platform_on(binary, folder, servers)


def one_set(binary, folder, log, kinds):
    """Everything that is wrong."""
    place = folder / "backup"
    with running(*kinds) as servers:
        (folder / "before").mkdir()
        platform = platform_on(binary, folder / "before", servers)
        with started(platform, log) as address:
            api = signed_in(address, "register", "username")
            chat = api.call("POST", "/api/chats", {"kind": "group", "title": "Garden"})[1]["id"]
            send(api, chat, range(MESSAGES))
            before = texts(api, chat, MESSAGES)
        back_up(platform, servers, place)
        for mongo in servers[3:]:
            (place / "password").write_text(mongo.state.password)
        with started(platform, log) as address:
            send(signed_in(address), chat, ["lost"])
    # All servers are gone with what they had.
    with running(*kinds) as servers:
        (folder / "after").mkdir()
        platform = put_back(binary, folder / "after", servers, place)
        with started(platform, log) as address:
            api = signed_in(address)
            after = texts(api, chat, MESSAGES)
            send(api, chat, ["on"])
            on = texts(api, chat, MESSAGES + 1)
    wrong = [] if len(before) == MESSAGES and after == before else [f"{len(before)} messages were there, and {len(after)} or others are"]
    return wrong + ([] if on == [*before, "mon"] else ["sending does not go on behind them"])


def check(binary, log):
    """An exit code for each set."""
    codes = []
    with open(log, "w", encoding="utf-8") as out:
        for kinds in ((Postgres, RabbitMq, Redis), (Postgres, RabbitMq, Redis, FerretDb)):
            names = ", ".join(kind.name for kind in kinds)
            with tempfile.TemporaryDirectory(prefix="loquat-") as folder:
                try:
                    wrong = one_set(binary, pathlib.Path(folder), log, kinds)
                except (RuntimeError, OSError, KeyError, subprocess.SubprocessError) as error:
                    wrong = [f"{error} {getattr(error, 'stderr', '') or ''}"]
            print(f"restoring {names}: {MESSAGES} messages, {'; '.join(wrong) or 'all back'}", flush=True)
            out.write(f"{names}\n" + "\n".join(wrong) + "\n")
            codes.append(1 if wrong else 0)
    return codes
