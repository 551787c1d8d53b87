"""One version takes over from another without a pause: two installations of processes on the same servers, side by side, and then
the first one ends, while people send. Nothing is refused, lost, stored twice or out of order.

LOQUAT_BEFORE names the program of the version before; without it both are the same one.
"""
import contextlib
import os
import pathlib
import subprocess
import tempfile
import time

from tools.infra import processes
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.log_faults import CHATS, ENOUGH, PATIENCE, SETTINGS, TAKEN, Api, Senders, history, wrong_in
from tools.testing.own_servers import running
from tools.testing.process import loquat
from tools.testing.process_faults import Platform

# A gateway each, as on two machines behind a balancer.
WORDS = ["--processes", "--instances=auth=2,chat=2,consumer=2,presence=2,realtime=2", *SETTINGS]


def installation(binary, folder, servers):
    folder.mkdir()
    platform = Platform(binary, folder, servers)
    platform.migrate()
    return platform


def started(platform, log, name):
    return loquat(platform.binary, log.with_name(f"upgrading-{name}.log"), WORDS, platform.data, platform.env)


def sent_more(senders, name):
    """Waits until enough is acknowledged."""
    before = senders.total()
    if not processes.comes(lambda: senders.total() >= before + ENOUGH, PATIENCE):
        raise RuntimeError(f"{name}: too little is acknowledged: {dict(senders.answers)}")


def take_over(old, new, servers, folder, log):
    """(acknowledged, everything that is wrong)."""
    first = installation(old, folder / "before", servers)
    with contextlib.ExitStack() as before:
        address = before.enter_context(started(first, log, "before"))
        api = Api(address)
        api.token = api.call("POST", "/api/auth/register", {"username": "ana", "password": "a long enough password"})[1]["access_token"]
        chats = [api.call("POST", "/api/chats", {"kind": "group", "title": f"Garden {number}"})[1]["id"] for number in range(CHATS)]
        with Senders(api, chats) as senders:
            sent_more(senders, "the old one alone")
            second = installation(new, folder / "after", servers)
            with started(second, log, "after") as there:
                sent_more(senders, "the old one, beside the new one")
                api.address = there  # what is sent next
                sent_more(senders, "the new one, beside the old one")
                before.close()
                sent_more(senders, "the new one alone")
                senders.deadline = time.monotonic() + PATIENCE
                senders.is_over.set()
                for thread in senders.threads:
                    thread.join()
                acknowledged = senders.acknowledged
                processes.comes(lambda: sum(len(history(api, chat)) for chat in chats) >= len(acknowledged), PATIENCE)
                wrong = wrong_in([history(api, chat) for chat in chats], acknowledged)
                refused = [f"{count} x {answer}" for answer, count in senders.answers.items() if int(answer.split()[0]) not in TAKEN]
    return len(acknowledged), wrong + refused


def check(binary, log):
    """An exit code."""
    with open(log, "w", encoding="utf-8") as out, tempfile.TemporaryDirectory(prefix="loquat-") as folder:
        try:
            with running(Postgres, RabbitMq, Redis) as servers:
                old = os.environ.get("LOQUAT_BEFORE", str(binary))
                acknowledged, wrong = take_over(old, binary, servers, pathlib.Path(folder), log)
        except (RuntimeError, OSError, KeyError, subprocess.CalledProcessError) as error:
            acknowledged, wrong = 0, [str(error)]
        print(f"upgrading {acknowledged} acknowledged, {'; '.join(wrong[:5]) or 'nothing refused and nothing wrong'}", flush=True)
        out.write("\n".join(wrong) + "\n")
        return [1 if wrong else 0]
