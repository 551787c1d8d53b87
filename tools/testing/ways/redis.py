"""A Redis that another follows and three Sentinels watch, all by TLS, with a user who may do what Loquat needs and no more."""
import os
import secrets
import subprocess

from tools.infra import processes
from tools.infra.redis import Redis
from tools.infra.server import HOME, State, free_ports, need_program
from tools.testing.ways.certificates import query
from tools.testing.ways.killing import kill

MASTER = "chat"
# As docs/servers.md names them.
RIGHTS = ("~* &* -@all +auth +select +ping +info +client|setname +publish +subscribe +unsubscribe +script|load +evalsha +get +set +del "
          "+time +pexpire +hdel +hget +hkeys +hlen +hmget +hset +hvals +sadd +sismember +smembers +srem +zadd +zcard +zrange "
          "+zrangebyscore +zrem +zremrangebyscore +zscore")


class TlsRedis(Redis):
    """One of a set, which has the certificates and the passwords."""

    def __init__(self, home, watched, port, lines=()):
        self.watched, self.port, self.lines = watched, port, lines
        super().__init__(home)

    def new_state(self):
        return State({"server": self.port}, self.watched.password)

    def prepare(self):
        watched = self.watched
        tls = (f"tls-port {self.port}", "port 0", f"tls-cert-file {watched.certificate}", f"tls-key-file {watched.key}",
               f"tls-ca-cert-file {watched.authority.certificate}", "tls-auth-clients no", "tls-replication yes")
        lines = (*tls, "bind 127.0.0.1", f"dir {self.data}", *self.lines)
        settings = self.folder / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text("\n".join(lines) + "\n")

    def say(self, *words):
        command = ["redis-cli", "--tls", "--cacert", self.watched.authority.certificate, "-p", self.port, *words]
        return self.watched.asked(command)

    def is_ready(self):
        return self.say("PING") == "PONG"


class Sentinel(TlsRedis):
    def command(self):
        return [need_program("redis-server", "`./dev infra up` installs the package redis-server"), self.folder / "redis.conf", "--sentinel"]


class WatchedRedis:
    def __init__(self, home, authority):
        self.authority, self.password, self.user_password = authority, secrets.token_hex(16), secrets.token_hex(16)
        self.certificate, self.key = authority.issue("redis")
        ports = free_ports(6)
        of_data = ("save \"\"", "appendonly no", f"requirepass {self.password}", f"masterauth {self.password}",
                   f"user loquat on >{self.user_password} {RIGHTS}")
        following = (f"replicaof 127.0.0.1 {ports[0]}", "repl-diskless-sync-delay 0")
        watching = (f"requirepass {self.password}", f"sentinel monitor {MASTER} 127.0.0.1 {ports[0]} 2",
                    f"sentinel auth-pass {MASTER} {self.password}", f"sentinel down-after-milliseconds {MASTER} 500",
                    f"sentinel failover-timeout {MASTER} 2000")
        self.master = TlsRedis(home / "master", self, ports[0], (*of_data, "repl-diskless-sync-delay 0"))
        self.replica = TlsRedis(home / "replica", self, ports[1], (*of_data, *following))
        self.sentinels = [Sentinel(home / f"sentinel-{port}", self, port, watching) for port in ports[2:5]]
        self.replicated = {}
        self.all = [self.master, self.replica, *self.sentinels]
        for server in self.all:
            server.programs = HOME / "programs" / server.name

    def asked(self, command):
        return subprocess.run([str(part) for part in command], env={**os.environ, "REDISCLI_AUTH": self.password}, capture_output=True,
                              text=True, timeout=5, check=True).stdout.strip()

    def up(self):
        for server in self.all:
            server.up()
        if not processes.comes(self.is_watched, 20):
            raise RuntimeError("the Sentinels do not find each other and the replica")

    def is_watched(self):
        said = [dict(zip(*[iter(one.say("SENTINEL", "master", MASTER).splitlines())] * 2)) for one in self.sentinels]
        return all(one["num-slaves"] == "1" and one["num-other-sentinels"] == "2" for one in said) and \
            "master_link_status:up" in self.replica.say("INFO", "replication")

    def fail_over(self):
        """Kills the master; once another one is there, what it has of the leases of those who report and of those who count."""
        kill(self.master)
        if not processes.comes(lambda: "role:master" in self.replica.say("INFO", "replication"), 30):
            raise RuntimeError("the Sentinels have made nobody the master")
        self.replicated = {key: self.newest(key) for key in ("presence.nodes", "limits.edges")}

    def newest(self, key):
        """The highest number of a sorted set; these are times."""
        last = self.replica.say("ZRANGE", key, "-1", "-1", "WITHSCORES").splitlines()
        return float(last[1]) if last else 0.0

    def has_renewed(self, key):
        """Since the failover, which somebody has done at the new master."""
        return self.newest(key) > self.replicated[key]

    def has_listeners(self):
        return self.replica.say("PUBSUB", "CHANNELS") != ""

    def drop(self):
        for server in self.all:
            kill(server)
            server.drop()

    def url(self, password=None, **options):
        return f"rediss://loquat:{password or self.user_password}@127.0.0.1:{self.master.port}" + query(options)

    def sentinel_url(self, **options):
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.sentinels)
        return f"rediss+sentinel://loquat:{self.user_password}@{hosts}/{MASTER}" + query({"sentinel_password": self.password, **options})
