import pathlib
import tempfile
import unittest

from tools.new_service import make_service, rename


class NewService(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.services = self.root / "services" / "services.cmake"
        self.services.parent.mkdir()
        self.services.write_text('set(LOQUAT_SERVICES\n  "auth auth/auth"\n  "chat"\n)\n')

    def test_writes_its_files_and_enters_the_list(self):
        written = make_service("wish_list", self.root)

        self.assertIn("services/wish_list/module.cpp", written)
        self.assertEqual(self.services.read_text(),
                         'set(LOQUAT_SERVICES\n  "auth auth/auth"\n  "chat"\n  "wish_list wish_list/wish_list"\n)\n')
        self.assertNotIn("ewthing", "".join((self.root / path).read_text() for path in written))

    def test_refuses_names_that_code_cannot_have(self):
        for name in ("Wish", "wish-list", "1wish", "wish__list", "_wish", "w" * 33, ""):
            with self.assertRaises(ValueError, msg=name):
                make_service(name, self.root)

    def test_never_overwrites(self):
        make_service("wish_list", self.root)

        with self.assertRaises(ValueError):
            make_service("wish_list", self.root)

    def test_names_take_their_form(self):
        self.assertEqual(rename("newthing Newthing /api/new-thing", "wish_list"), "wish_list WishList /api/wish-list")


if __name__ == "__main__":
    unittest.main()
