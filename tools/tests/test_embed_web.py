import gzip
import pathlib
import tempfile
import unittest

from tools import embed_web


class EmbedWeb(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dist = pathlib.Path(folder.name) / "dist"
        self.out = pathlib.Path(folder.name) / "out" / "web_assets"
        self.dist.mkdir()

    def put(self, name, content):
        path = self.dist / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def generate(self):
        return embed_web.generate(embed_web.collect(self.dist), self.out)

    def test_without_a_web_app_there_is_a_page_that_says_so(self):
        source = self.generate()

        self.assertIn('{"/index.html", "text/html; charset=utf-8"', source)
        self.assertIn(b"not in this build", (self.out / "index.html").read_bytes())

    def test_only_hashed_names_are_immutable(self):
        self.put("index.html", b"<p>")
        self.put("assets/index-Bx3_f9aQ.js", b"let a;")
        self.put("boot.js", b"let b;")

        rows = {line.split('"')[1]: line for line in self.generate().splitlines() if line.lstrip().startswith('{"/')}

        self.assertTrue(rows["/assets/index-Bx3_f9aQ.js"].endswith("true},"))
        self.assertTrue(rows["/index.html"].endswith("false},"))
        self.assertTrue(rows["/boot.js"].endswith("false},"))
        self.assertEqual(list(rows), sorted(rows))

    def test_what_compresses_is_there_in_compressed_form(self):
        self.put("index.html", b"<p>hello</p>" * 100)
        self.put("small.js", b"let a;")

        self.generate()

        self.assertEqual(gzip.decompress((self.out / "index.html.gz").read_bytes()), b"<p>hello</p>" * 100)
        self.assertFalse((self.out / "small.js.gz").exists())

    def test_a_changed_file_changes_the_source_and_its_forms(self):
        self.put("index.html", b"<p>hello</p>" * 100)
        first = self.generate()
        self.put("index.html", b"<p>world</p>" * 100)

        second = self.generate()

        self.assertNotEqual(first, second)
        self.assertEqual(gzip.decompress((self.out / "index.html.gz").read_bytes()), b"<p>world</p>" * 100)

    def test_an_empty_file_is_served_as_empty(self):
        self.put("index.html", b"<p>")
        self.put("empty.txt", b"")

        self.assertIn('"/empty.txt", "text/plain; charset=utf-8"', self.generate())


if __name__ == "__main__":
    unittest.main()
