import pathlib
import tempfile
import unittest

from tools.mutants.copy import Copy
from tools.mutants.faults import BadList, Fault, load, problems


def fault(**changes):
    return Fault(**{"name": "one-off", "file": "a.cpp", "before": "<", "after": "<=", "suite": "base", **changes})


class TheList(unittest.TestCase):
    def test_fits_the_code_as_it_is(self):
        self.assertEqual(problems(load()), [])

    def test_has_faults_of_every_service(self):
        folders = {"/".join(fault.file.split("/")[:2]) for fault in load() if fault.file.startswith("services/")}

        self.assertEqual(folders, {f"services/{name}" for name in
                                   ("auth", "cart", "chat", "config", "consumer", "gateway", "model", "presence", "product", "realtime",
                                    "registry", "session")})

    def test_is_long_enough_to_mean_something(self):
        self.assertGreaterEqual(len(load()), 100)


class Problems(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "a.cpp").write_text("if (a < b) {}\n")

    def test_a_text_that_stands_once_is_none(self):
        self.assertEqual(problems([fault()], self.root), [])

    def test_a_text_that_is_gone_or_stands_twice_is_one(self):
        (self.root / "b.cpp").write_text("a < b < c\n")

        found = problems([fault(before="gone"), fault(name="two", file="b.cpp")], self.root)

        self.assertEqual(found, ["one-off: `before` stands 0 times in a.cpp, not once",
                                 "two: `before` stands 2 times in b.cpp, not once"])

    def test_a_missing_file_a_double_name_and_no_change_are(self):
        found = problems([fault(), fault(file="z.cpp"), fault(name="same", after="<")], self.root)

        self.assertEqual(found, ["one-off: this name stands twice", "one-off: there is no z.cpp", "same: changes nothing"])

    def test_each_change_of_a_fault_must_fit(self):
        self.assertEqual(problems([fault(also=(("a.cpp", "gone", ""),))], self.root),
                         ["one-off: `before` stands 0 times in a.cpp, not once"])

    def test_an_unknown_field_is_said_with_the_fault(self):
        (self.root / "x.toml").write_text('[[fault]]\nname = "odd"\nfiel = "a.cpp"\n')

        with self.assertRaisesRegex(BadList, "x.toml: odd: .*fiel"):
            load(self.root)


class ACopy(unittest.TestCase):
    def test_holds_the_fault_only_as_long_as_it_is_tried(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(pathlib.Path(folder), 1)
            copy.tree.mkdir()
            file = copy.tree / "a.cpp"
            file.write_text("if (a < b) {}\n")

            with copy.with_fault(fault()):
                self.assertEqual(file.read_text(), "if (a <= b) {}\n")

            self.assertEqual(file.read_text(), "if (a < b) {}\n")


if __name__ == "__main__":
    unittest.main()
