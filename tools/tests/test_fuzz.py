"""What counts as a find of a fuzzer."""
import pathlib
import tempfile
import unittest
import unittest.mock

from tools.testing import fuzz

# With one input they are given three arguments.
AGAIN = "[ $# = 3 ]"


class FuzzTest(unittest.TestCase):
    def run_as(self, script):
        """The exit code of a target that is this script; its log and finds are in $LOGS."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            program = folder / "some_fuzz"
            program.write_text(f"#!/bin/sh\nLOGS={folder}\n{script}\n")
            program.chmod(0o755)
            with unittest.mock.patch.object(fuzz, "BINARIES", folder), unittest.mock.patch.object(fuzz, "ROOT", folder):
                return fuzz.run_target("some_fuzz", 1, folder / "fuzz-some_fuzz.log")

    def test_an_input_that_fails_again_is_a_find(self):
        self.assertEqual(self.run_as(f"{AGAIN} && exit 77; touch $LOGS/some_fuzz-crash-1; exit 77"), 77)

    def test_an_input_that_does_not_fail_again_gives_another_turn(self):
        once = f"{AGAIN} && exit 0; [ -e $LOGS/some_fuzz-timeout-1 ] && exit 0; touch $LOGS/some_fuzz-timeout-1; exit 70"
        self.assertEqual(self.run_as(once), 0)

    def test_who_fails_twice_without_an_input_has_failed(self):
        self.assertEqual(self.run_as("exit 1"), 1)

    def test_who_finds_nothing_runs_once(self):
        self.assertEqual(self.run_as("[ -e $LOGS/ran ] && exit 1; touch $LOGS/ran"), 0)


if __name__ == "__main__":
    unittest.main()
