"""Redis of Debian, on loopback, with a password; it keeps nothing over a restart."""
from tools.infra.server import Server, ask, need_program


class Redis(Server):
    name = "redis"

    def prepare(self):
        # In a file, so that the list of processes does not show the password.
        settings = self.folder / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text(f"bind {self.host}\nport {self.state.ports['server']}\ndir {self.data}\nsave \"\"\nappendonly no\n"
                            f"requirepass {self.state.password}\n")

    def command(self):
        return [need_program("redis-server", "`./dev infra up` installs the package redis-server"), self.folder / "redis.conf"]

    def is_ready(self):
        said = ask(self.state.ports["server"], f"AUTH {self.state.password}\r\nPING\r\n".encode(), host=self.host)
        return said.startswith(b"+OK")

    def url(self):
        return f"redis://:{self.state.password}@{self.host}:{self.state.ports['server']}"
