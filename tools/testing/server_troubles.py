"""What a start says of servers that refuse it, do not answer, or cannot be trusted: one line with the setting, what is wrong and the
mend, and nothing is written. And that those which can be trusted are used.

The servers are of its own, beside those that other suites use.
"""
import contextlib
import dataclasses
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time

from tools.infra.ferretdb import FerretDb
from tools.infra.kafka import Kafka
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.log_faults import SETTINGS
from tools.testing.own_servers import running
from tools.testing.process import stop

SECONDS = 30


class TlsPostgres(Postgres):
    """Shows a certificate that is its own authority."""

    @property
    def certificate(self):
        return self.folder / "server.crt"

    def prepare(self):
        super().prepare()
        key = self.folder / "server.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
                        "-subj", "/CN=loquat test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
                       check=True, capture_output=True)
        if os.geteuid() == 0:
            shutil.chown(key, "postgres", "postgres")
        key.chmod(0o600)

    def command(self):
        return [*super().command(), "-c", "ssl=on", "-c", f"ssl_cert_file={self.certificate}",
                "-c", f"ssl_key_file={self.folder / 'server.key'}"]

    def ask(self, sql):
        psql = subprocess.run([self.program("psql"), self.url(), "-Atqc", sql], capture_output=True, text=True, timeout=20, check=True)
        return psql.stdout.strip()


@dataclasses.dataclass
class Trouble:
    what: str
    need: str                 # of store.NEED.kind and .url
    kind: str
    url: str
    says: str                 # a pattern, on one line
    env: dict = dataclasses.field(default_factory=dict)
    before: object = None     # what an operator does before the start


@contextlib.contextmanager
def silent():
    """A port where somebody accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def with_password(url, password):
    return re.sub(r":[^:@/]*@", f":{password}@", url)


class Starts:
    """Starts a platform on one server, the rest of it in a folder of its own."""

    def __init__(self, binary, folder, out):
        self.binary, self.folder, self.out = binary, folder, out

    @contextlib.contextmanager
    def started(self, trouble):
        command = [self.binary, "up", "--port", "0", "--data", self.folder / "data", *SETTINGS,
                   "--set", f"store.{trouble.need}.kind={trouble.kind}"]
        env = {**os.environ, f"LOQUAT_STORE__{trouble.need.upper()}__URL": trouble.url, **trouble.env}
        process = subprocess.Popen([str(part) for part in command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            yield process
        finally:
            stop(process)
            process.stdout.close()
            shutil.rmtree(self.folder / "data", ignore_errors=True)

    def said(self, trouble):
        """All that it said until it said what was awaited, or had ended."""
        text, end = b"", time.monotonic() + SECONDS
        with self.started(trouble) as process:
            while time.monotonic() < end and not re.search(trouble.says.encode(), text):
                if select.select([process.stdout], [], [], 1)[0]:
                    piece = os.read(process.stdout.fileno(), 65536)
                    if not piece:
                        break
                    text += piece
        return text.decode(errors="replace")

    def failures(self, troubles):
        failed = 0
        for trouble in troubles:
            if trouble.before:
                trouble.before()
            text = self.said(trouble)
            good = re.search(trouble.says, text) is not None
            self.out.write(f"{'ok  ' if good else 'FAIL'} {trouble.what}\n{text}\n")
            if not good:
                print(f"server-troubles: {trouble.what}: wanted {trouble.says!r}", flush=True)
            failed += not good
        return failed


def of_postgres(postgres, quiet):
    url = postgres.url()
    setting, root = r"loquat: store\.sql\.url: PostgreSQL cannot be used: ", postgres.certificate
    ready = r"ready http://"

    def trouble(what, where, says, **env):
        return Trouble(f"PostgreSQL: {what}", "sql", "postgres", where, says, env)

    return [
        trouble("a wrong password", with_password(url, "not-it"),
                setting + r".*password authentication failed.*Look at user and password of the URL"),
        trouble("no such database", url + "_nowhere", setting + r".*does not exist.*createdb"),
        trouble("nobody trusts its certificate", url + "?sslmode=verify-full", setting + r".*certificate.*sslrootcert=FILE"),
        trouble("its certificate is trusted, for its name", f"{url}?sslmode=verify-full&sslrootcert={root}", ready),
        trouble("the same by libpq's own variables", url, ready, PGSSLMODE="verify-full", PGSSLROOTCERT=str(root)),
        trouble("the certificate is of another host", f"postgresql://loquat@localhost:1/x?hostaddr=127.0.0.1&sslmode=verify-full"
                f"&sslrootcert={root}&port={postgres.state.ports['server']}&password={postgres.state.password}",
                setting + r".*certificate.*localhost"),
        trouble("words instead of a URL", f"host=127.0.0.1 port={postgres.state.ports['server']} user=loquat dbname=loquat "
                f"password={postgres.state.password} sslmode=require", ready),
        trouble("it accepts and never answers", f"postgresql://loquat:x@127.0.0.1:{quiet}/loquat",
                rf"waiting for PostgreSQL.*store\.sql\.url.*127\.0\.0\.1:{quiet} gives no answer in time"),
    ]


def of_a_newer_schema(postgres):
    """Behind a start that has made it."""
    schemas = postgres.ask("SELECT table_schema FROM information_schema.tables WHERE table_name = 'schema_steps'").split()
    for schema in schemas:
        table = f'"{schema}".schema_steps'
        postgres.ask(f"INSERT INTO {table} SELECT number + 1, name, checksum FROM {table} ORDER BY number DESC LIMIT 1")
    return [Trouble("PostgreSQL: a schema of a newer program", "sql", "postgres", postgres.url(),
                    r"loquat: store\.sql\.url: .*newer")] if schemas else []


def of_rabbitmq(rabbitmq, quiet):
    url, setting = rabbitmq.url(), r"loquat: store\.log\.url: "

    def trouble(what, where, says):
        return Trouble(f"RabbitMQ: {what}", "log", "rabbitmq", where, says)

    return [
        trouble("a wrong password", with_password(url, "not-it"), setting + r"RabbitMQ refuses user loquat.*rabbitmqctl add_user"),
        trouble("no such virtual host", f"{url}/nowhere", setting + r"RabbitMQ refuses user loquat at virtual host nowhere.*add_vhost"),
        trouble("streams for two partitions", f"{url}?partitions=2", r"ready http://"),
        trouble("three are wanted", f"{url}?partitions=3", r"chat\.messages has streams for 2 partitions.*partitions=3.*former value"),
        trouble("it accepts and never answers", f"amqp://loquat:x@127.0.0.1:{quiet}", r"waiting for RabbitMQ.*store\.log\.url"),
    ]


def of_redis(redis, quiet):
    url = redis.url()

    def trouble(what, where, says, need="limits"):
        return Trouble(f"Redis: {what}", need, "redis", where, says)

    return [
        trouble("a wrong password", with_password(url, "not-it"), r"loquat: store\.limits\.url: .*password"),
        trouble("it forgets keys when its memory is full", url, r"loquat: store\.limits\.url: .*maxmemory-policy"),
        trouble("which does no harm to what is only told", url, r"ready http://", "broadcast"),
        trouble("it accepts and never answers", f"redis://127.0.0.1:{quiet}",
                rf"waiting for Redis.*store\.limits\.url.*127\.0\.0\.1:{quiet} accepts connections and does not answer"),
    ]


def of_kafka(kafka, quiet):
    """Its topics are those that the first start with two partitions has made."""

    def trouble(what, where, says):
        return Trouble(f"Kafka: {what}", "log", "kafka", where, says)

    url = kafka.url()
    return [
        trouble("topics for two partitions", f"{url}?partitions=2", r"ready http://"),
        trouble("three are wanted", f"{url}?partitions=3", r"chat\.messages at Kafka cannot be used: it has 2 partitions.*partitions=3"),
        trouble("it accepts and never answers", f"kafka://127.0.0.1:{quiet}", r"waiting for Kafka.*store\.log\.url"),
    ]


def of_a_short_memory(kafka):
    """Behind a start that has made the topics: an operator lets one forget after an hour."""
    return [Trouble("Kafka: a topic that forgets after an hour", "log", "kafka", f"{kafka.url()}?partitions=2",
                    r"chat\.messages at Kafka cannot be used: retention\.ms=3600000.*set it to 604800000",
                    before=lambda: kafka.change("chat.messages", "retention.ms=3600000"))]


def of_mongodb(ferretdb, quiet):
    url, setting = ferretdb.url(), r"loquat: store\.messages\.url: "

    def trouble(what, where, says):
        return Trouble(f"MongoDB: {what}", "messages", "mongo", where, says)

    return [
        trouble("a wrong password", with_password(url, "not-it"), setting + r"MongoDB cannot be used: Authentication failed"),
        trouble("it accepts and never answers", f"mongodb://127.0.0.1:{quiet}/loquat", r"waiting for MongoDB.*store\.messages\.url"),
        trouble("all is well", url, r"ready http://"),
    ]


def of_an_hour(postgres):
    """This machine's clock an hour ahead, as another node of several sees it; what waits goes by a clock that is right."""
    wrong = {"LD_PRELOAD": str(next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), "FAKETIME": "+1h",
             "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return [Trouble("PostgreSQL: clocks an hour apart, which is said", "sql", "postgres", postgres.url(),
                    r"clocks differ.*PostgreSQL.*NTP.*ahead_seconds\D+3[56]\d\d\b", wrong),
            Trouble("PostgreSQL: and stops nothing", "sql", "postgres", postgres.url(), r"ready http://", wrong)]


def missing_right(postgres):
    """A role that may look at nothing."""
    postgres.ask("CREATE ROLE nobody LOGIN PASSWORD 'x'")
    place = postgres.url().split("@")[1]
    return [Trouble("PostgreSQL: a role without rights", "sql", "postgres", f"postgresql://nobody:x@{place}",
                    r"loquat: store\.sql\.url: The role nobody has no right to the schema \w+ of PostgreSQL.*loquat migrate")]


def forgetful(redis):
    """As a cache is set up."""
    from tools.infra.server import ask
    ask(redis.state.ports["server"], f"AUTH {redis.state.password}\r\nCONFIG SET maxmemory 100mb\r\n"
        "CONFIG SET maxmemory-policy allkeys-lru\r\nPING\r\n".encode())


def interrupted_migrations(binary, folder, postgres, out):
    """How many of those that were killed left something that the next could not go on from."""
    postgres.ask("CREATE DATABASE interrupted")
    env = {**os.environ, "LOQUAT_STORE__SQL__KIND": "postgres", "LOQUAT_STORE__SQL__URL": postgres.url().rsplit("/", 1)[0] + "/interrupted"}
    command = [str(part) for part in (binary, "migrate", "--data", folder / "migrated")]
    for after in (0.03, 0.06, 0.1, 0.15, 0.25):
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        process.kill()
        process.wait()
    last = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    check = subprocess.run([*command, "--check"], env=env, capture_output=True, text=True, check=False)
    out.write(f"interrupted migrations\n{last.stdout}{last.stderr}{check.stdout}{check.stderr}\n")
    return 0 if last.returncode == check.returncode == 0 else 1


def check(binary, log):
    """Exit codes."""
    with open(log, "w", encoding="utf-8") as out, tempfile.TemporaryDirectory(prefix="loquat-") as folder, silent() as quiet:
        starts = Starts(binary, pathlib.Path(folder), out)
        try:
            with running(TlsPostgres, RabbitMq, Redis, Kafka, FerretDb) as (postgres, rabbitmq, redis, kafka, ferretdb):
                forgetful(redis)
                failed = starts.failures([*of_postgres(postgres, quiet), *of_rabbitmq(rabbitmq, quiet), *of_redis(redis, quiet),
                                          *of_kafka(kafka, quiet), *of_mongodb(ferretdb, quiet), *of_an_hour(postgres),
                                          *missing_right(postgres)])
                failed += starts.failures(of_a_short_memory(kafka))
                newer = of_a_newer_schema(postgres)
                failed += starts.failures(newer) + (not newer)
                return [1 if failed else 0, interrupted_migrations(binary, starts.folder, postgres, out)]
        except (RuntimeError, OSError, KeyError, subprocess.SubprocessError) as error:
            print(f"server-troubles: {error}", flush=True)
            out.write(f"{error}\n")
            return [1]
