"""The ways in which Loquat can be on servers that are set up with care: users, TLS with a private authority, several addresses and
what takes over when one of them dies. docs/servers.md has them as a table.

The servers are of its own: three brokers of Kafka, three nodes of RabbitMQ, a Redis that another one follows under three Sentinels, a
PostgreSQL and its standby. First each way is tried by a start, which works or says in one line why not. Then people send, and one
server of each kind is killed: nothing acknowledged is lost, and sending goes on within what the table of failures says.
"""
import concurrent.futures
import contextlib
import dataclasses
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from tools.infra import processes
from tools.infra.server import HOME
from tools.testing.log_faults import PASSWORD, SETTINGS, Api, under_faults
from tools.testing.process import loquat
from tools.testing.server_troubles import Starts, Trouble
from tools.testing.ways.certificates import Authority
from tools.testing.ways.kafka import KafkaCluster
from tools.testing.ways.killing import kill
from tools.testing.ways.postgres import PostgresPair
from tools.testing.ways.rabbitmq import RabbitCluster
from tools.testing.ways.redis import WatchedRedis

# Each request is counted, and nobody is ever over the limit.
COUNTED = [*SETTINGS[2:], *("--set", "gateway.limits.user_per_minute=1000000", "--set", "gateway.limits.address_per_minute=1000000")]
READY = r"ready http://"
WRONG = "not-it-at-all"  # a password


class Servers:
    """All of them, started side by side."""

    def __init__(self, home):
        self.authority, self.other = Authority(home, "authority"), Authority(home, "other")
        self.client, self.client_key = self.authority.issue("client")
        self.kafka = KafkaCluster(home / "kafka", self.authority)
        self.rabbitmq = RabbitCluster(home / "rabbitmq", self.authority)
        self.redis = WatchedRedis(home / "redis", self.authority)
        self.postgres = PostgresPair(home / "postgres", self.authority)
        self.all = (self.kafka, self.rabbitmq, self.redis, self.postgres)

    def secrets(self):
        return {WRONG, self.redis.user_password, *(server.password for server in self.all)}

    def up(self):
        with concurrent.futures.ThreadPoolExecutor(len(self.all)) as pool:
            list(pool.map(lambda server: server.up(), self.all))

    def drop(self):
        for server in self.all:
            server.drop()


@contextlib.contextmanager
def all_servers():
    home = HOME / "ways"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    servers = Servers(home)
    try:
        servers.up()
        yield servers
    finally:
        servers.drop()
        shutil.rmtree(home, ignore_errors=True)


class SecretStarts(Starts):
    """Nothing that a start says has a password in it."""

    def __init__(self, secrets, *parts):
        super().__init__(*parts)
        self.secrets = secrets

    def said(self, trouble):
        text = super().said(trouble)
        shown = [secret for secret in self.secrets if secret in text]
        return f"{len(shown)} passwords were shown" if shown else text


def of_kafka(servers):
    """Groups of starts."""
    kafka, authority, other = servers.kafka, servers.authority.certificate, servers.other.certificate

    def trouble(what, says, scheme="kafkas", listener="users", password=None, **options):
        given = {"cacertfile": authority, **options}
        return Trouble(f"Kafka: {what}", "log", "kafka", kafka.url(scheme, listener, password, **given), says)

    cannot = r"loquat: store\.log\.url: "
    refused, few = cannot + r"Kafka refuses user loquat: .*Look at user, password and `mechanism`", r"at Kafka cannot be used: it has 1 copy"
    three, one = {"replicas": 3, "partitions": 2}, {"prefix": "one."}
    return [
        [trouble("SCRAM-SHA-256 over TLS, three copies", READY, **three),
         trouble("the same topics by PLAIN over TLS", READY, mechanism="PLAIN", **three),
         trouble("certificates instead of passwords", READY, listener="certified", certfile=servers.client, keyfile=servers.client_key,
                 **three)],
        [trouble("one copy is asked for", READY, replicas=1, **one),
         trouble("topics with one copy where three are wanted", rf"The topic one\.\S+ {few} .*replicas=3", replicas=3, **one),
         trouble("topics with one copy where nothing is said", rf"The topic one\.\S+ {few} .*3 brokers", **one),
         dataclasses.replace(trouble("a topic that is compacted",
                                     r"one\.chat\.messages at Kafka cannot be used: cleanup\.policy=compact.*set it to delete",
                                     replicas=1, **one),
                             before=lambda: kafka.brokers[0].change("one.chat.messages", "cleanup.policy=compact"))],
        [trouble("a wrong password (SCRAM)", refused, password=WRONG),
         trouble("a wrong password (PLAIN)", refused, password=WRONG, mechanism="PLAIN"),
         trouble("another authority", cannot + r"Kafka cannot be used: .*certificate.*cacertfile=FILE", cacertfile=other)],
    ]


def of_rabbitmq(servers):
    rabbitmq, authority = servers.rabbitmq, servers.authority.certificate

    def trouble(what, says, **options):
        return Trouble(f"RabbitMQ: {what}", "log", "rabbitmq", rabbitmq.url(**{"cacertfile": authority, **options}), says)

    cannot = r"loquat: store\.log\.url: "
    return [
        trouble("a wrong password", cannot + r"RabbitMQ refuses user loquat at virtual host chat.*Look at user, password", password=WRONG),
        trouble("a virtual host that is not there", cannot + r"RabbitMQ refuses user loquat at virtual host shop.*add_vhost", host="shop"),
        trouble("another authority", cannot + r"RabbitMQ cannot be used: the TLS handshake.*cacertfile=FILE",
                cacertfile=servers.other.certificate),
        trouble("an address, which its library does not look for in certificates",
                cannot + r"RabbitMQ cannot be used: the certificate of 127\.0\.0\.1:\d+ is of another host", name="127.0.0.1"),
        trouble("TLS, a virtual host of its own", READY, partitions=2),
    ]


def of_redis(servers):
    redis, authority = servers.redis, servers.authority.certificate

    def trouble(what, says, url, need="limits"):
        return Trouble(f"Redis: {what}", need, "redis", url, says)

    cannot = r"loquat: store\.limits\.url: "
    return [
        *(trouble(f"TLS, a user with the rights that are needed: {need}", READY, redis.url(ca=authority), need)
          for need in ("limits", "presence", "broadcast")),
        trouble("a wrong password", cannot + r".*WRONGPASS", redis.url(password=WRONG, ca=authority)),
        trouble("another authority", cannot + r"The certificate of Redis at .* is not trusted", redis.url(ca=servers.other.certificate)),
        trouble("the Sentinels know the master", READY, redis.sentinel_url(ca=authority)),
        trouble("a wrong password of the Sentinels", cannot + r".*WRONGPASS",
                redis.sentinel_url(ca=authority, sentinel_password=WRONG)),
    ]


def of_postgres(servers, folder):
    postgres = servers.postgres

    def trouble(what, says, url, **env):
        return Trouble(f"PostgreSQL: {what}", "sql", "postgres", url, says, env)

    cannot = r"loquat: store\.sql\.url: PostgreSQL cannot be used: "
    passwords = folder / "pgpass"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:loquat:{postgres.password}\n")
    service = folder / "services.conf"
    service.write_text(f"[chat]\nhost=127.0.0.1\nport={postgres.primary.port}\nuser=loquat\ndbname=loquat\nsslmode=verify-full\n"
                       f"sslrootcert={servers.authority.certificate}\n")
    return [
        trouble("two hosts, the standby first, verified by a private authority", READY, postgres.url()),
        trouble("a wrong password", cannot + r".*password authentication failed.*user and password", postgres.url(password=WRONG)),
        trouble("another authority", cannot + r".*certificate.*sslrootcert=FILE", postgres.url(sslrootcert=servers.other.certificate)),
        trouble("only a standby", r"waiting for PostgreSQL.*session is read-only",
                postgres.url().replace(f",127.0.0.1:{postgres.primary.port}", "")),
        trouble("PGPASSFILE and PGSSLMODE", READY, postgres.url(password="").replace("sslmode=verify-full&", ""),
                PGPASSFILE=str(passwords), PGSSLMODE="verify-full"),
        trouble("PGSSLMODE with an authority that nobody trusts", cannot + r".*certificate",
                postgres.url(sslrootcert=servers.other.certificate).replace("sslmode=verify-full&", ""), PGSSLMODE="verify-full"),
        trouble("a service of a service file", READY, "postgresql://?service=chat", PGSERVICEFILE=str(service),
                PGPASSFILE=str(passwords)),
        trouble("a service that is not in it", cannot + r".*definition of service.*nowhere.*PGSERVICEFILE",
                "postgresql://?service=nowhere", PGSERVICEFILE=str(service)),
    ]


class Died:
    """Something that dies while people send, for log_faults."""

    def __init__(self, name):
        self.name = name


def a_broker(servers):
    """The first one of the URL; of three partitions it leads one."""
    def broker_killed(_):
        kill(servers.kafka.brokers[0])
    return Died("kafka"), broker_killed


def a_leader(servers):
    """The node where the stream is written."""
    def leader_killed(_):
        node = servers.rabbitmq.leader_of("faults.chat.messages.0")
        kill(node, node.node_pid())
    return Died("rabbitmq"), leader_killed


def a_primary(servers):
    """An operator, or what stands for one, makes the standby take over."""
    def primary_killed(_):
        servers.postgres.fail_over()
    return Died("postgres"), primary_killed


def a_master(servers, address, out):
    """The Sentinels make the follower the master, and all that is at Redis goes on there."""
    redis = servers.redis

    def master_killed(_):
        begun = time.monotonic()
        redis.fail_over()
        elected = time.monotonic()
        for what, goes_on in (("broadcast", lambda: is_whole(address)), ("subscriptions", redis.has_listeners),
                              ("limits", lambda: redis.has_renewed("limits.edges")),
                              ("presence", lambda: redis.has_renewed("presence.nodes"))):
            if not processes.comes(goes_on, 30):
                raise RuntimeError(f"redis: {what} does not go on at the new master")
        line = f"redis     a master after {elected - begun:.1f} s, all goes on {time.monotonic() - elected:.1f} s later"
        print(line, flush=True)
        out.write(line + "\n")
    return Died("redis"), master_killed


def is_whole(address):
    """Whether it knows that everybody hears what it tells; nobody who cannot sign in yet knows."""
    api = Api(address)
    api.token = api.call("POST", "/api/auth/login", {"login": "ana", "password": PASSWORD})[1].get("access_token")
    return api.token is not None and api.call("GET", "/actuator/health")[1]["components"]["platform"]["components"]["broadcast"]["status"] == "UP"


def under_kills(name, binary, log, out, stores, faults):
    """An exit code. STORES: {need: (kind, url)}; FAULTS makes them, given the address."""
    environment = {**os.environ}
    for need, (kind, url) in stores.items():
        environment |= {f"LOQUAT_STORE__{need}__KIND": kind, f"LOQUAT_STORE__{need}__URL": url}
    with loquat(binary, log.with_name(f"server-ways-{name}.log"), COUNTED, env=environment) as address:
        return under_faults(name, address, faults(address), out)


def kills(servers, binary, log, out):
    """Two platforms, side by side."""
    authority = servers.authority.certificate
    servers.postgres.make_database("faults")
    sentinels = servers.redis.sentinel_url(ca=authority)
    at_kafka = {"SQL": ("postgres", servers.postgres.url(database="faults")),
                "LOG": ("kafka", servers.kafka.url(cacertfile=authority, replicas=3, partitions=3, prefix="faults.")),
                **{need: ("redis", sentinels) for need in ("BROADCAST", "LIMITS", "PRESENCE")}}
    at_rabbitmq = {"LOG": ("rabbitmq", servers.rabbitmq.url(cacertfile=authority, partitions=2, prefix="faults."))}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        works = [pool.submit(under_kills, "at-kafka", binary, log, out, at_kafka,
                             lambda address: [a_broker(servers), a_master(servers, address, out), a_primary(servers)]),
                 pool.submit(under_kills, "at-rabbitmq", binary, log, out, at_rabbitmq, lambda _: [a_leader(servers)])]
        return [work.result() for work in works]


def with_one_down(servers):
    """Behind the kills: what is begun now finds the others."""
    authority = servers.authority.certificate
    return [
        Trouble("Kafka: one of three is down", "log", "kafka",
                servers.kafka.url(cacertfile=authority, replicas=3, partitions=2), READY),
        Trouble("RabbitMQ: one of three is down", "log", "rabbitmq", servers.rabbitmq.url(cacertfile=authority, partitions=2), READY),
        Trouble("PostgreSQL: the former standby alone", "sql", "postgres", servers.postgres.url(), READY),
        Trouble("Redis: the Sentinels know the new master", "limits", "redis", servers.redis.sentinel_url(ca=authority), READY),
    ]


def tried(starts, groups):
    """Failed starts. Each group in its order, the groups side by side."""
    with concurrent.futures.ThreadPoolExecutor(len(groups)) as pool:
        return sum(pool.map(lambda group: starts().failures(group), groups))


def check(binary, log):
    """Exit codes: of the starts, of each platform under kills, of the starts afterwards."""
    begun = time.monotonic()
    with open(log, "w", encoding="utf-8") as out, tempfile.TemporaryDirectory(prefix="loquat-") as place:
        folder, numbers = pathlib.Path(place), itertools.count()

        def told(what):
            print(f"server-ways: {what} ({time.monotonic() - begun:.1f} s)", flush=True)

        try:
            with all_servers() as servers:
                told("servers are ready")

                def starts():
                    own = folder / str(next(numbers))
                    own.mkdir()
                    return SecretStarts(servers.secrets(), binary, own, out)
                failed = tried(starts, [*of_kafka(servers), of_rabbitmq(servers), of_redis(servers), of_postgres(servers, folder)])
                told("starts are tried")
                codes = kills(servers, binary, log, out)
                told("servers were killed")
                later = tried(starts, [[one] for one in with_one_down(servers)])
                told("starts are tried once more")
                return [1 if failed else 0, *codes, 1 if later else 0]
        except (RuntimeError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
            print(f"server-ways: {error}", flush=True)
            out.write(f"{error}\n")
            return [1]
