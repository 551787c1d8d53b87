"""PostgreSQL of Debian, on loopback, with a password (SCRAM)."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

from tools.infra import processes
from tools.infra.server import CannotRun, Server, run

PROGRAMS = pathlib.Path("/usr/lib/postgresql")
# It refuses to be root; what it needs of root is to look into a checkout that is closed to others.
NOT_ROOT = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups",
            "--inh-caps", "-all,+dac_read_search", "--ambient-caps", "+dac_read_search"]


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # ends sessions and writes a checkpoint; SIGTERM waits for clients to leave

    def program(self, name):
        found = sorted(PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
        if not found:
            raise CannotRun("PostgreSQL is missing; `./dev infra up` installs the package postgresql")
        return found[-1]

    def as_server(self, *command):
        return [*(NOT_ROOT if os.geteuid() == 0 else []), *command]

    def prepare(self):
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        self.data.chmod(0o700)
        run(self.as_server(self.program("initdb"), "-D", self.data, "-U", "loquat", "--pwfile=/dev/stdin", "-E", "UTF8", "--locale=C.UTF-8",
                           "--auth-local=reject", "--auth-host=scram-sha-256"), self.log, self.data, give=self.state.password.encode())
        run(self.as_server(self.program("postgres"), "--single", "-D", self.data, "template1"), self.log, self.data,
            give=b"CREATE DATABASE loquat\n")
        if self.around:  # initdb lets in this machine alone
            with open(self.data / "pg_hba.conf", "a", encoding="utf-8") as rules:
                rules.write("host all all all scram-sha-256\n")

    def before_start(self):
        # Its sessions notice in a moment that it was killed, and hold its memory until then.
        former = self.data / "postmaster.pid"
        if former.exists() and not processes.comes(lambda: not self.at_work(), 10):
            raise CannotRun(f"sessions of the former server still use {self.data}")
        # It takes one who has ended, and whom nobody has buried, for alive.
        former.unlink(missing_ok=True)

    def at_work(self):
        """Whether a process works in the data folder."""
        def works_here(link):
            with contextlib.suppress(OSError):
                return os.readlink(link) == str(self.data)
            return False
        return any(map(works_here, pathlib.Path("/proc").glob("[0-9]*/cwd")))

    def command(self):
        return self.as_server(self.program("postgres"), "-D", self.data, "-h", self.host, "-p", self.state.ports["server"],
                              "-k", "", "-c", "max_connections=200")

    def is_ready(self):
        return subprocess.run([self.program("psql"), self.url(), "-Atqc", "SELECT 1"], capture_output=True, timeout=5,
                              check=False).stdout == b"1\n"

    def url(self):
        return f"postgresql://loquat:{self.state.password}@{self.host}:{self.state.ports['server']}/loquat"
