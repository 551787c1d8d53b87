"""Three brokers of Kafka that copy each other's records, with users (SCRAM and PLAIN) over TLS, and certificates of clients."""
import base64
import concurrent.futures
import secrets
import shutil
import uuid

from tools.infra.kafka import Kafka
from tools.infra.server import HOME, State, free_ports, run
from tools.testing.ways.certificates import query
from tools.testing.ways.killing import kill

CLUSTER = "bG9xdWF0LXdheXMta2Fma2"
LISTENERS = {"USERS": "SASL_SSL", "CERTIFIED": "SSL", "BROKERS": "PLAINTEXT", "CONTROLLER": "PLAINTEXT"}


class Broker(Kafka):
    """One of `cluster`, which gives it its number."""

    port_names = ("users", "certified", "server", "controller")

    def __init__(self, home, cluster, number):
        self.cluster, self.number = cluster, number
        super().__init__(home)

    def prepare(self):
        ports, cluster = self.state.ports, self.cluster
        module = "org.apache.kafka.common.security"
        places = {name: f"{name}://127.0.0.1:{ports[port]}" for name, port in zip(LISTENERS, self.port_names)}
        settings = {
            "process.roles": "broker,controller", "node.id": self.number, "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": ",".join(f"{one.number}@127.0.0.1:{cluster.ports[one.number]['controller']}"
                                                 for one in cluster.brokers),
            "listeners": ",".join(places.values()),
            "advertised.listeners": ",".join(place for name, place in places.items() if name != "CONTROLLER"),
            "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in LISTENERS.items()),
            "inter.broker.listener.name": "BROKERS", "sasl.enabled.mechanisms": "SCRAM-SHA-256,PLAIN",
            "listener.name.users.scram-sha-256.sasl.jaas.config": f"{module}.scram.ScramLoginModule required;",
            "listener.name.users.plain.sasl.jaas.config":
                f'{module}.plain.PlainLoginModule required user_loquat="{cluster.password}";',
            "ssl.keystore.type": "PEM", "ssl.keystore.location": cluster.certificates / "kafka.pem",
            "ssl.truststore.type": "PEM", "ssl.truststore.location": cluster.authority.certificate,
            "listener.name.certified.ssl.client.auth": "required",
            "log.dirs": self.data / "log", "auto.create.topics.enable": "false", "num.network.threads": 2, "num.io.threads": 2,
            "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1, "broker.session.timeout.ms": 2000,
            "broker.heartbeat.interval.ms": 500, "controller.quorum.election.timeout.ms": 500,
            "controller.quorum.fetch.timeout.ms": 1000, "replica.lag.time.max.ms": 2000,
        }
        self.settings().touch(mode=0o600)
        self.settings().write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self.format()

    def format(self):
        """Java is started once for all: what it makes differs by two numbers."""
        made = self.data / "log"
        first = self.cluster.brokers[0]
        if self is first:
            run(self.java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", self.settings(), "--add-scram",
                          f"SCRAM-SHA-256=[name=loquat,password={self.cluster.password}]"), self.log, self.data)
            return
        shutil.copytree(first.data / "log", made)
        own = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        properties = made / "meta.properties"
        lines = [line for line in properties.read_text().splitlines() if not line.startswith(("node.id", "directory.id"))]
        properties.write_text("\n".join([*lines, f"node.id={self.number}", f"directory.id={own}", ""]))

    def java(self, *arguments):
        return [part.replace("512m", "256m") if part.startswith("-Xmx") else part for part in map(str, super().java(*arguments))]

    def new_state(self):
        return State(self.cluster.ports[self.number], self.cluster.password)


class KafkaCluster:
    def __init__(self, home, authority):
        self.authority, self.certificates, self.password = authority, authority.folder, secrets.token_hex(16)
        authority.issue("kafka")
        ports = iter(free_ports(3 * len(LISTENERS)))
        self.ports = {number: {name: next(ports) for name in Broker.port_names} for number in (1, 2, 3)}
        self.brokers = [Broker(home / str(number), self, number) for number in self.ports]
        for broker in self.brokers:
            broker.programs = HOME / "programs" / broker.name

    def up(self):
        self.brokers[0].install()
        for broker in self.brokers:
            broker.prepare_once()
        with concurrent.futures.ThreadPoolExecutor(len(self.brokers)) as pool:
            list(pool.map(Broker.up, self.brokers))

    def drop(self):
        for broker in self.brokers:
            kill(broker)
            broker.drop()

    def url(self, scheme="kafkas", listener="users", password=None, **options):
        hosts = ",".join(f"127.0.0.1:{ports[listener]}" for ports in self.ports.values())
        who = f"loquat:{password or self.password}@" if listener == "users" else ""
        return f"{scheme}://{who}{hosts}" + query(options)
