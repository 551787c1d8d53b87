"""A worker of somebody else, with a client of somebody else (pika), reads what Loquat writes at RabbitMQ."""
import pathlib

from tools.infra.rabbitmq import RabbitMq
from tools.infra.server import HOME as SERVERS
from tools.testing.log_faults import SETTINGS, Api
from tools.testing.pinned import install
from tools.testing.process import ROOT, loquat, run

PINS = pathlib.Path(__file__).parent
HOME = ROOT / ".cache" / "amqp-worker"


def check(binary, log):
    """An exit code: signing up and failing to sign in are audited, and read from the queue audit_event."""
    if not install(PINS, HOME, log):
        return [1]
    server = RabbitMq(SERVERS / "worker")
    server.up()
    try:
        settings = [*SETTINGS, "--set", "store.log.kind=rabbitmq", "--set", f"store.log.url={server.url()}"]
        with loquat(binary, log.with_name("amqp-worker-loquat.log"), settings) as address:
            api = Api(address)
            api.call("POST", "/api/auth/register", {"username": "ana", "password": "a long enough password"})
            api.call("POST", "/api/auth/login", {"login": "ana", "password": "not her password"})
            return [run([HOME / "python" / "bin" / "python", PINS / "read.py", server.url(), "audit_event",
                         "auth.registered", "auth.sign_in_failed"], log, 60, append=True)]
    finally:
        server.drop()
