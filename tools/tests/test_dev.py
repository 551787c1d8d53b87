"""What ./dev says without doing anything."""
import subprocess
import unittest

from tools.testing.process import ROOT


def said(*words):
    return subprocess.run(["./dev", *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


class Help(unittest.TestCase):
    def test_is_shown_by_every_command_instead_of_its_work(self):
        for words in (["up"], ["up", "--demo"], ["setup"], ["build", "release"], ["web"], ["fuzz"], ["bench"], ["e2e"], ["clean"],
                      ["test"], ["mutants"], ["infra"], ["asan"]):
            with self.subTest(words=words):
                answer = said(*words, "--help")
                self.assertEqual((0, True), (answer.returncode, answer.stdout.startswith("usage: ./dev")), answer.stdout + answer.stderr)


class Up(unittest.TestCase):
    def test_refuses_what_cannot_be_before_it_builds(self):
        answer = said("up", "--servers", "--demo")
        self.assertNotEqual(0, answer.returncode)
        self.assertEqual(1, len(answer.stderr.splitlines()), answer.stderr)
        self.assertIn("--demo fills a folder of one process", answer.stderr)

    def test_names_the_servers_that_there_are(self):
        for words, told in ((["--servers", "--log", "redis"], "the log can be at rabbitmq or kafka"),
                            (["--servers=files"], "the log can be at rabbitmq or kafka"),
                            (["--servers", "--messages", "kafka"], "messages can be at postgres or mongo"),
                            (["--messages", "mongo"], "say --servers too")):
            with self.subTest(words=words):
                answer = said("up", *words)
                self.assertEqual((1, 1), (answer.returncode, len(answer.stderr.splitlines())), answer.stderr)
                self.assertIn(told, answer.stderr)


if __name__ == "__main__":
    unittest.main()
