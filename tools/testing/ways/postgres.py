"""A PostgreSQL and its standby, which waits for every commit, by TLS with a certificate of a private authority."""
import os
import secrets
import shutil
import subprocess

from tools.infra import processes
from tools.infra.postgres import Postgres
from tools.infra.server import State, free_ports, run
from tools.testing.ways.certificates import query
from tools.testing.ways.killing import kill


class TlsPostgres(Postgres):
    def __init__(self, home, pair, port):
        self.pair, self.port = pair, port
        super().__init__(home)

    def new_state(self):
        return State({"server": self.port}, self.pair.password)

    def own(self, source, name):
        """A copy that the server may read, and nobody else."""
        path = self.folder / name
        shutil.copyfile(source, path)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
        path.chmod(0o600)
        return path

    def prepare(self):
        self.own(self.pair.certificate, "server.crt")
        self.own(self.pair.key, "server.key")
        if self is self.pair.primary:
            super().prepare()
            with open(self.data / "pg_hba.conf", "a", encoding="utf-8") as rules:
                rules.write("host replication all 127.0.0.1/32 scram-sha-256\n")
            return
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        self.data.chmod(0o700)
        run(self.as_server(self.program("pg_basebackup"), "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-d",
                           self.pair.primary.url().rsplit("/", 1)[0]), self.log, self.data)

    def command(self):
        return [*super().command(), "-c", "ssl=on", "-c", f"ssl_cert_file={self.folder / 'server.crt'}",
                "-c", f"ssl_key_file={self.folder / 'server.key'}"]

    def promote(self):
        run(self.as_server(self.program("pg_ctl"), "promote", "-D", self.data, "-w"), self.log, self.data)


class PostgresPair:
    def __init__(self, home, authority):
        self.authority, self.password = authority, secrets.token_hex(16)
        self.certificate, self.key = authority.issue("postgres")
        ports = free_ports(2)
        self.primary, self.standby = (TlsPostgres(home / name, self, port) for name, port in zip(("primary", "standby"), ports))

    def up(self):
        self.primary.up()
        self.standby.up()

    def drop(self):
        for server in (self.primary, self.standby):
            if server.is_running():
                kill(server)
            server.drop()

    def fail_over(self):
        kill(self.primary)
        self.standby.promote()

    def ask(self, server, database, sql):
        url = server.url().rsplit("/", 1)[0] + f"/{database}"
        return subprocess.run([server.program("psql"), url, "-Atqc", sql], capture_output=True, timeout=20, check=False).stdout == b"1\n"

    def make_database(self, name):
        """On both: the standby follows a moment later."""
        self.ask(self.primary, "loquat", f"CREATE DATABASE {name}")
        if not processes.comes(lambda: self.ask(self.standby, name, "SELECT 1"), 20):
            raise RuntimeError(f"the standby has no database {name}")

    def url(self, password=None, database="loquat", **options):
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in (self.standby, self.primary))
        who = "loquat" if password == "" else f"loquat:{password or self.password}"
        given = {"target_session_attrs": "read-write", "sslmode": "verify-full", "sslrootcert": self.authority.certificate, **options}
        return f"postgresql://{who}@{hosts}/{database}" + query(given)
