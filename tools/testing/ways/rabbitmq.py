"""Three nodes of RabbitMQ that are one cluster, by TLS alone, with a virtual host of their own for Loquat."""
import base64
import concurrent.futures
import json
import secrets
import urllib.request

from tools.infra.rabbitmq import RabbitMq
from tools.infra.server import State, free_ports
from tools.testing.ways.certificates import query
from tools.testing.ways.killing import kill

HOST = "chat"


class Node(RabbitMq):
    """One of `cluster`; all have one mapper of names."""

    shared_ports = ("mapper",)

    def __init__(self, home, cluster, ports):
        self.cluster, self.ports = cluster, ports
        super().__init__(home)

    def new_state(self):
        return State(self.ports, self.cluster.password)

    def prepare(self):
        super().prepare()
        cluster, ports = self.cluster, self.state.ports
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(cluster.cookie)
        cookie.chmod(0o400)
        lines = ["listeners.tcp = none", f"listeners.ssl.1 = 127.0.0.1:{ports['server']}",
                 f"ssl_options.cacertfile = {cluster.authority.certificate}", f"ssl_options.certfile = {cluster.certificate}",
                 f"ssl_options.keyfile = {cluster.key}", "ssl_options.verify = verify_none",
                 "management.tcp.ip = 127.0.0.1", f"management.tcp.port = {ports['management']}",
                 "default_user = loquat", f"default_pass = {cluster.password}", f"default_vhost = {HOST}",
                 "cluster_formation.peer_discovery_backend = classic_config",
                 *(f"cluster_formation.classic_config.nodes.{number} = loquat-{one.ports['server']}@localhost"
                   for number, one in enumerate(cluster.nodes, 1))]
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")

    def node_pid(self):
        return int((self.folder / "pid").read_text())


class RabbitCluster:
    def __init__(self, home, authority):
        self.authority, self.password, self.cookie = authority, secrets.token_hex(16), secrets.token_hex(16)
        self.certificate, self.key = authority.issue("rabbitmq")
        mapper, *others = free_ports(1 + 3 * 3)
        names = [name for name in RabbitMq.port_names if name != "mapper"]
        self.nodes = []
        for number in range(3):
            ports = {"mapper": mapper, **dict(zip(names, others[number * 3:]))}
            self.nodes.append(Node(home / str(number + 1), self, ports))

    def up(self):
        """The others join the first one."""
        for node in self.nodes:
            node.prepare_once()
        self.nodes[0].up()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(Node.up, self.nodes[1:]))

    def leader_of(self, stream):
        ports = self.nodes[0].state.ports
        request = urllib.request.Request(f"http://127.0.0.1:{ports['management']}/api/queues/{HOST}/{stream}")
        request.add_header("Authorization", "Basic " + base64.b64encode(f"loquat:{self.password}".encode()).decode())
        with urllib.request.urlopen(request, timeout=5) as answer:
            name = json.load(answer)["node"]
        return next(node for node in self.nodes if name == node.env["RABBITMQ_NODENAME"])

    def drop(self):
        for node in self.nodes:
            if node.is_running():
                kill(node, node.node_pid())
        for node in self.nodes:
            node.drop()

    def url(self, password=None, host=HOST, name="localhost", **options):
        hosts = ",".join(f"{name}:{node.ports['server']}" for node in self.nodes)
        return f"amqps://loquat:{password or self.password}@{hosts}/{host}" + query(options)
