import pathlib
import subprocess
import tempfile
import unittest

from tools.testing import findings
from tools.testing.__main__ import batches, has_failed, last_line
from tools.testing.changed import House, suites_for
from tools.testing.documents import judge
from tools.testing.process import on_all_cores
from tools.testing.suites import THREADED, Count, Suite, all_suites, cpp_suites
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


class Batches(unittest.TestCase):
    def test_are_neighbours_that_may_run_beside_each_other(self):
        suites = [Suite(name, "", None, beside=name.islower()) for name in ("a", "b", "C", "D", "e")]

        self.assertEqual([[suite.name for suite in batch] for batch in batches(suites)], [["a", "b"], ["C"], ["D"], ["e"]])

    def test_are_counted_in_their_order_whoever_ends_first(self):
        self.assertEqual(on_all_cores(lambda number: number * 2, range(20)), list(range(0, 40, 2)))


class LeftOut(unittest.TestCase):
    def test_is_said_in_the_last_line(self):
        self.assertEqual(last_line(Count(3, 0, 1), ["fuzz", "tsan"]), "3 passed, 0 failed, 1 skipped; left out: fuzz, tsan")
        self.assertEqual(last_line(Count(3, 0), []), "3 passed, 0 failed")

    def test_fails_unless_it_was_named_as_optional(self):
        self.assertTrue(has_failed(Count(3, 0), ["tsan"], []))
        self.assertTrue(has_failed(Count(3, 0), ["tsan", "fuzz"], ["tsan"]))
        self.assertFalse(has_failed(Count(3, 0), ["tsan"], ["tsan"]))


class Findings(unittest.TestCase):
    def test_are_what_failed_whoever_says_it(self):
        said = {
            "gtest": "[  FAILED  ] Rooms.are_kept (3 ms)", "place": "chat/tests/rooms_test.cpp:12: Failure",
            "vitest": "FAIL  e2e/scroll.e2e.ts > it scrolls", "tick": "× it scrolls 15000ms", "why": "AssertionError: expected 7 to be 3",
            "address": "==12==ERROR: AddressSanitizer: heap-use-after-free", "undefined": "base/x.cpp:3:4: runtime error: shift",
            "compiler": "base/x.cpp:3:4: error: no member named x",
        }
        passed = ["[       OK ] Rooms.are_kept (3 ms)", "✓ it scrolls 200ms", "[==========] 3 tests ran", "no error here"]
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "suite.log"
            log.write_text("\n".join([*passed, *(f"  {line}" for line in said.values()), *said.values(), *passed]))

            self.assertEqual(findings.of(log), list(said.values()))
            log.write_text("one\ntwo\n")
            self.assertEqual(findings.of(log), ["one", "two"], "who says it in words of their own says it last")


class Changed(unittest.TestCase):
    LAYERS = {"base": [], "aio": ["base"], "store": ["base", "aio"], "services": ["base", "aio", "store"],
              "apps": ["base", "aio", "store", "services"]}
    HOUSE = House(LAYERS, ["base", "aio", "store", "auth", "chat", "platform"])

    def of(self, *paths):
        return suites_for(paths, self.HOUSE)

    def test_layer_reaches_all_that_stand_on_it(self):
        self.assertEqual(self.of("aio/loop.hpp")[1], {"aio", "store", "auth", "chat", "platform"})
        self.assertEqual(self.of("base/text.cpp")[1], self.HOUSE.cpp)

    def test_service_reaches_itself_and_the_platform(self):
        names, cpp = self.of("services/chat/messages/posting.cpp")

        self.assertEqual(cpp, {"chat", "platform"})
        self.assertLessEqual({"documents", "e2e", "tidy"}, names)

    def test_service_reaches_the_tests_that_fill_its_stores(self):
        house = House(self.LAYERS, ["base", "auth", "chat", "consumer", "platform"], {"chat": ["consumer"]})

        self.assertEqual(suites_for(["services/consumer/ports.hpp"], house)[1], {"consumer", "chat", "platform"})

    def test_test_reaches_its_own_suite_only(self):
        self.assertEqual(self.of("services/chat/tests/world.cpp")[1], {"chat"})
        self.assertEqual(self.of("tests/golden/chat.json")[1], {"platform"})
        self.assertNotIn("e2e", self.of("services/chat/tests/world.cpp")[0])

    def test_web_app_reaches_no_cpp_suite(self):
        names, cpp = self.of("web/src/app/app.tsx")

        self.assertEqual(cpp, set())
        self.assertLessEqual({"web-unit", "e2e"}, names)

    def test_build_rules_reach_everything(self):
        self.assertEqual(self.of("cmake/toolchain.cmake"), (None, None))

    def test_names_are_those_of_suites(self):
        known = {suite.name for suite in all_suites()}

        names, _ = self.of("base/text.cpp", "net/http/parser.cpp", "web/src/a.ts", "tools/bench/measure.py", "README.md",
                           "tools/service_template/a", "bench/main.cpp", "tools/testing/api.py")

        self.assertLessEqual(names, known)
        self.assertLessEqual(set(THREADED), known)


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
