"""FerretDB, which speaks MongoDB's protocol over SQLite, built from its Go module; with a user and a password (SCRAM)."""
import shutil
import struct
import subprocess

from tools.infra.server import CannotRun, Server, ask, need_program, run

MODULE, VERSION = "github.com/FerretDB/FerretDB", "v1.24.2"
# {ping: 1, $db: "admin"} as OP_MSG: header, flags, kind 0, document.
DOCUMENT = b"\x10ping\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0\0"
BODY = struct.pack("<ib", 0, 0) + struct.pack("<i", len(DOCUMENT) + 4) + DOCUMENT
PING = struct.pack("<iiii", len(BODY) + 16, 1, 0, 2013) + BODY


class FerretDb(Server):
    name = "ferretdb"
    versions = VERSION

    def install_into(self, folder):
        go = need_program("go", "FerretDB is built with Go 1.22 or newer (https://go.dev/dl)")
        log, scratch, copy = folder / "install.log", folder / "build", folder / "module"
        scratch.mkdir()
        modules = {"GOFLAGS": "-mod=mod"}
        (scratch / "go.mod").write_text(f"module infra\n\ngo 1.22\n\nrequire {MODULE} {VERSION}\n")
        run([go, "mod", "download", MODULE], log, scratch, modules)
        found = subprocess.run([go, "list", "-m", "-f", "{{.Dir}}", MODULE], cwd=scratch, capture_output=True, text=True, check=False)
        if found.returncode != 0:
            raise CannotRun(f"the module {MODULE} was not found: {found.stderr.strip()}")
        # The program wants to know its version from a file that the module does not have.
        shutil.copytree(found.stdout.strip(), copy, copy_function=shutil.copyfile)
        for path in copy.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        version = copy / "build" / "version" / "version.txt"
        version.parent.chmod(0o755)
        version.write_text(VERSION + "\n")
        with open(scratch / "go.mod", "a", encoding="utf-8") as out:
            out.write(f"\nreplace {MODULE} => ../module\n")
        run([go, "build", "-o", folder / "ferretdb", f"{MODULE}/cmd/ferretdb"], log, scratch, modules)
        shutil.rmtree(scratch)
        shutil.rmtree(copy)

    def command(self):
        return [self.programs / "ferretdb", "--handler=sqlite", f"--sqlite-url=file:{self.data}/", "--telemetry=disable",
                f"--state-dir={self.data}", f"--listen-addr=127.0.0.1:{self.state.ports['server']}", "--debug-addr=-",
                "--log-level=warn", "--test-enable-new-auth"]

    @property
    def env(self):
        # Who starts first with an empty folder gets this user; not as arguments, which everybody can read.
        return {"FERRETDB_SETUP_DATABASE": "loquat", "FERRETDB_SETUP_USERNAME": "loquat",
                "FERRETDB_SETUP_PASSWORD": self.state.password}

    def is_ready(self):
        return b"ok\0" in ask(self.state.ports["server"], PING)

    def url(self):
        return f"mongodb://loquat:{self.state.password}@127.0.0.1:{self.state.ports['server']}/loquat?authSource=loquat"
