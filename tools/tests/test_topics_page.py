import unittest

from tools import topics_page


class TopicsPage(unittest.TestCase):
    def test_is_what_the_code_says(self):
        page = (topics_page.ROOT / "docs" / "topics.md").read_text()

        self.assertEqual(page, topics_page.page(), "write it again with ./dev gen")

    def test_has_somebody_who_tells_and_who_follows_each(self):
        users = topics_page.users()
        for kind, name, topic, _, _ in topics_page.declared():
            tells, follows = users.get((kind, name), (set(), set()))
            self.assertTrue(tells, f"nobody tells {topic}")
            self.assertTrue(follows, f"nobody follows {topic}")

    def test_tells_one_who_publishes_from_one_who_subscribes(self):
        text = ("void f() {\n    store::publish(broadcast,\n        topics::one, event);\n"
                "    held = broadcast.subscribe(\n        topics::two.name(), g);\n}\n")
        found = {name: bool(topics_page.TELLS.search(statement)) for _, name, statement in topics_page.statements(text)}

        self.assertEqual(found, {"one": True, "two": False})
