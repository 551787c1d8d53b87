import pathlib
import subprocess
import unittest

from tools.testing.documents import judge
from tools.testing.suites import all_suites, cpp_suites
from tools.tidy import ROOT


def bash(script):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", "source tools/dev/lib.sh; source tools/dev/setup.sh; " + script],
                          cwd=ROOT, capture_output=True, text=True, check=False)


class Suites(unittest.TestCase):
    def test_are_known_before_anything_is_configured(self):
        suites = cpp_suites(pathlib.Path("/nowhere/build"))

        self.assertEqual(suites["chat"], [pathlib.Path("/nowhere/build/bin/chat_tests")])
        self.assertIn("base", suites)
        self.assertIn("platform", suites)

    def test_of_the_tree_itself_need_neither_compiler_nor_web_app(self):
        needs = {suite.name: (suite.needs, suite.web, suite.targets) for suite in all_suites()}

        for name in ("tools", "tidy", "codes"):
            self.assertEqual(needs[name], ((), "", ()))

    def test_of_the_web_app_need_no_compiler(self):
        for suite in all_suites():
            if suite.name.startswith("web-"):
                self.assertEqual((suite.needs, suite.web, suite.targets), ((), "packages", ()))


class Tour(unittest.TestCase):
    def problems(self, stdout, stderr=""):
        return list(judge(2, subprocess.CompletedProcess("bash", 0, stdout, stderr)))

    def test_may_have_an_answer_that_speaks_of_the_program(self):
        self.assertEqual(self.problems("There are two sides to loquat: what it costs, and what it saves."), [])

    def test_may_not_have_a_complaint(self):
        self.assertEqual(self.problems("", "loquat: the password is wrong\n"), ["turn 2 says 'loquat: '"])


class Packages(unittest.TestCase):
    def names(self, release):
        done = bash(f"debian_release() {{ echo {release}; }}; packages_of build")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()

    def test_are_those_of_the_release(self):
        self.assertIn("libboost1.81-dev", self.names("12"))
        self.assertNotIn("libboost1.83-dev", self.names("12"))
        self.assertIn("libboost1.83-dev", self.names("13"))
        self.assertIn("libzstd-dev", self.names("13"))

    def test_have_no_name_twice(self):
        for release in ("12", "13"):
            names = self.names(release)
            self.assertEqual(sorted(set(names)), sorted(names))

    def test_that_cannot_be_had_are_named_before_anything_is_installed(self):
        done = bash("check_candidates bash loquat-has-no-such-package")

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("cannot be had here: loquat-has-no-such-package.", done.stderr)


class Progress(unittest.TestCase):
    def test_shows_the_end_of_the_log_of_what_failed(self):
        done = bash('with_progress "trying" "$(mktemp)" bash -c "echo reason; exit 3"')

        self.assertEqual(done.returncode, 1)
        self.assertIn("trying", done.stderr)
        self.assertIn("reason", done.stderr)
        self.assertIn("this did not work: trying", done.stderr)

    def test_makes_the_folder_of_its_log(self):
        done = bash('cd "$(mktemp -d)"; with_progress "trying" .cache/new/log echo chatter; cat .cache/new/log')

        self.assertEqual((done.returncode, done.stdout), (0, "chatter\n"))

    def test_keeps_what_worked_quiet(self):
        done = bash('with_progress "trying" "$(mktemp)" echo chatter')

        self.assertEqual(done.returncode, 0)
        self.assertNotIn("chatter", done.stderr)


if __name__ == "__main__":
    unittest.main()
