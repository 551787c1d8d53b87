"""What `./dev infra` knows without a server: whose process it is, and which ports are its own."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

from tools.infra import processes
from tools.infra.server import CannotRun, Server, free_ports

# Says on its port what it was started with, until it is told to end.
ECHO = "import socket, sys\nserver = socket.create_server(('127.0.0.1', int(sys.argv[1])))\nwhile True:\n    server.accept()[0].close()\n"


class Echo(Server):
    name = "echo"
    start_seconds = 20

    def command(self):
        return [sys.executable, "-c", ECHO, self.state.ports["server"]]

    def url(self):
        return f"echo://127.0.0.1:{self.state.ports['server']}"

    def is_ready(self):
        socket.create_connection(("127.0.0.1", self.state.ports["server"]), 2).close()
        return True


class Ends(Echo):
    name = "ends"

    def command(self):
        return [sys.executable, "-c", "print('no')"]


class InfraTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)

    def test_keeps_its_port_and_password_over_a_restart(self):
        first = Echo(self.home)
        self.addCleanup(lambda: Echo(self.home).down())
        first.up()
        before = first.state

        again = Echo(self.home)
        self.assertTrue(again.is_running())
        again.down()
        self.assertFalse(Echo(self.home).is_running())
        again.up()

        self.assertEqual((before.ports, before.password), (again.state.ports, again.state.password))
        self.assertNotEqual(before.pid, again.state.pid)

    def test_does_not_take_a_stranger_with_its_process_id_for_its_own(self):
        server = Echo(self.home)
        server.folder.mkdir(parents=True)
        server.state.pid, server.state.began = os.getpid(), processes.started_at(os.getpid()) - 1
        server.write_state()

        again = Echo(self.home)
        again.down()

        self.assertFalse(again.is_running())

    def test_says_that_a_port_was_taken_meanwhile(self):
        server = Echo(self.home)
        server.up()
        server.down()

        with socket.create_server(("127.0.0.1", server.state.ports["server"])):
            with self.assertRaisesRegex(CannotRun, "was taken meanwhile"):
                server.up()

    def test_says_that_a_server_ended_as_it_started(self):
        with self.assertRaisesRegex(CannotRun, "ended as it started; see .*log.txt"):
            Ends(self.home).up()

    def test_keeps_secrets_from_others(self):
        server = Echo(self.home)
        self.addCleanup(server.down)
        server.up()

        self.assertEqual(0o600, (server.folder / "state.json").stat().st_mode & 0o777)

    def test_says_in_a_file_where_it_is(self):
        server = Echo(self.home)
        self.addCleanup(server.down)
        server.up()

        self.assertEqual(server.url() + "\n", (server.folder / "url").read_text())
        self.assertEqual(0o600, (server.folder / "url").stat().st_mode & 0o777)

    def test_drops_what_it_kept(self):
        server = Echo(self.home)
        server.up()
        server.drop()

        self.assertFalse(server.folder.exists())

    def test_gives_different_ports(self):
        self.assertEqual(8, len(set(free_ports(8))))

    def test_ends_a_process_that_does_not_listen(self):
        deaf = subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); print(1, flush=True); signal.pause()"],
                                stdout=subprocess.PIPE)
        self.addCleanup(deaf.stdout.close)
        deaf.stdout.readline()

        went = processes.stop(processes.Running(deaf.pid, processes.started_at(deaf.pid)), seconds=0.2)

        self.assertFalse(went)
        deaf.wait()


if __name__ == "__main__":
    unittest.main()
