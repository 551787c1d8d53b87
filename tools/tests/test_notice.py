import json
import unittest

from tools.tidy import ROOT


class Notice(unittest.TestCase):
    def test_names_every_package_that_the_web_app_ships(self):
        notice = (ROOT / "NOTICE").read_text()

        shipped = json.loads((ROOT / "web" / "package.json").read_text())["dependencies"]

        self.assertEqual([name for name in shipped if name not in notice], [])


if __name__ == "__main__":
    unittest.main()
