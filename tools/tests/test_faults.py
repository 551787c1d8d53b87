"""What the table of faults says of what those who use it have met with."""
import unittest

from tools.faults.faults import KINDS, SAID, chosen, planned
from tools.faults.users import Sight, back_after, errors, longest_unseen, longest_wait, parse, undone


def sent(who, begun, ended):
    return Sight("sent", who, begun, ended)


def failed(who, begun, ended, code="503 store.unavailable"):
    return Sight("failed", who, begun, ended, code)


class Lines(unittest.TestCase):
    def test_are_sights(self):
        self.assertEqual(parse("failed http0 1500000000 2000000000 503 store.unavailable\n"), failed("http0", 1.5, 2))
        self.assertEqual(parse("sent stomp1 1000000000 1250000000 \n"), sent("stomp1", 1, 1.25))

    def test_of_other_kinds_are_none(self):
        self.assertIsNone(parse("ready\n"))
        self.assertIsNone(parse("wrong lost: http0-1 is not there\n"))


class Back(unittest.TestCase):
    def test_is_when_the_last_of_all_has_sent_what_began_afterwards(self):
        sights = [sent("a", 9, 11), sent("a", 11, 12), sent("b", 10.5, 14), sent("a", 15, 16)]

        self.assertEqual(back_after(sights, "sent", 10, {"a", "b"}), 4)

    def test_is_not_while_somebody_has_not(self):
        self.assertIsNone(back_after([sent("a", 11, 12), sent("b", 9, 12)], "sent", 10, {"a", "b"}))

    def test_counts_nothing_of_another_kind(self):
        self.assertIsNone(back_after([failed("a", 11, 12)], "sent", 10, {"a"}))


class Waits(unittest.TestCase):
    def test_are_of_a_message_with_all_its_repeats(self):
        sights = [sent("a", 1, 2), failed("a", 10, 11), sent("b", 10, 10.5), failed("a", 11, 15), sent("a", 15, 16), sent("a", 16, 18)]

        self.assertEqual(longest_wait(sights, 5), 6)

    def test_of_before_do_not_count(self):
        self.assertEqual(longest_wait([sent("a", 0, 4), sent("a", 6, 7)], 5), 1)

    def test_until_it_is_shown_are_from_the_first_send(self):
        self.assertEqual(longest_unseen([Sight("shown", "r", 1, 4), Sight("shown", "r", 5, 7)], 5), 2)

    def test_name_the_errors_in_between(self):
        self.assertEqual(errors([failed("a", 1, 2), failed("a", 6, 7), failed("b", 6, 7, "closed")], 5),
                         {"503 store.unavailable": 1, "closed": 1})

    def test_name_answers_that_failed(self):
        sights = [Sight("answered", "p", 1, 2, "interrupted"), Sight("answered", "p", 6, 7, "interrupted"), Sight("answered", "p", 7, 8)]

        self.assertEqual(errors(sights, 5), {"answer interrupted": 1})


class Edits(unittest.TestCase):
    def test_that_are_not_there_are_named_once(self):
        sights = [Sight("undone", "looker", 1, 2, "b/1"), Sight("undone", "looker", 2, 3, "b/1"), Sight("undone", "looker", 2, 3, "a/0")]

        self.assertEqual(undone(sights), ["a/0", "b/1"])
        self.assertEqual(parse("undone looker 1000000000 2000000000 b/1\n"), sights[0])


class Plans(unittest.TestCase):
    def test_do_everything_to_the_first_and_kill_the_second(self):
        self.assertEqual({fault.kind for fault in planned("chat")}, set(KINDS) - {"late"})
        self.assertEqual({fault.kind for fault in planned("consumer")}, set(KINDS) - {"full", "zombie"})
        self.assertEqual([fault.name for fault in planned("chat-2")], ["chat-2/kill"])
        self.assertEqual([fault.name for fault in planned("consumer-2")], ["consumer-2/kill", "consumer-2/late"])

    def test_fill_no_disk_of_who_keeps_nothing(self):
        self.assertNotIn("gateway/full", [fault.name for fault in planned("gateway")])

    def test_are_chosen_by_part_service_kind_and_name(self):
        names = {fault.name for fault in chosen(["chat", "chat-2", "redis"], ["redis/pause-1", "chat-2"])}

        self.assertEqual(names, {"redis/pause-1", "chat-2/kill"})
        self.assertEqual({fault.name for fault in chosen(["chat", "chat-2"], ["kill"])}, {"chat/kill", "chat-2/kill"})
        with self.assertRaises(KeyError):
            chosen(["chat"], ["mayor"])

    def test_have_words_for_each_kind(self):
        self.assertEqual(set(KINDS), set(SAID))


if __name__ == "__main__":
    unittest.main()
