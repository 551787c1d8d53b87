#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "tests/fault/history.hpp"

namespace loquat::test {
namespace {

// A chat that does everything right: writers that are sometimes not answered and send again,
// sessions that come and go, a resync.
class CleanChat {
  public:
    explicit CleanChat(std::uint64_t seed) : random_(seed) {}

    History make(int messages) {
        for (int session = 0; session < 4; ++session) {
            join(session);
        }
        for (int i = 0; i < messages; ++i) {
            send(i);
            const int session = static_cast<int>(random_() % 4);
            if (random_() % 10 == 0) {
                add({.what = What::leave, .who = name(session)});
                join(session);
            }
            deliver(session);
        }
        for (int session = 0; session < 4; ++session) {
            deliver(session);
        }
        return std::move(history_);
    }

  private:
    static std::string name(int session) { return "s" + std::to_string(session); }
    static std::string room_of(int session) { return "room" + std::to_string(session % 2); }

    void add(Event event) {
        event.at = ++now_;
        history_.events.push_back(std::move(event));
    }

    void join(int session) {
        add({.what = What::join,
             .who = name(session),
             .room = room_of(session),
             .seq = seen_[session]});
    }

    void send(int i) {
        const std::string key = "key" + std::to_string(i);
        const std::string room = "room" + std::to_string(random_() % 2);
        const std::string text = "text " + std::to_string(random_());
        add({.what = What::invoke, .who = "w", .room = room, .key = key, .text = text});
        const std::size_t dice = random_() % 20;
        if (dice == 0) {
            add({.what = What::fail, .who = "w", .key = key});
            return;
        }
        auto& stored = history_.rooms[room];
        stored.push_back({static_cast<std::int64_t>(stored.size()) + 1, key, text});
        if (dice < 4) {
            add({.what = What::info, .who = "w", .key = key});
            if (dice < 2) {
                return;
            }
            add({.what = What::invoke, .who = "w", .room = room, .key = key, .text = text});
        }
        add({.what = What::ok,
             .who = "w",
             .key = key,
             .seq = dice % 2 == 0 ? stored.back().seq : 0});
    }

    void deliver(int session) {
        const auto& stored = history_.rooms[room_of(session)];
        std::int64_t& seen = seen_[session];
        if (stored.size() > static_cast<std::size_t>(seen) + 5) {
            add({.what = What::resync, .who = name(session), .seq = seen + 1, .seq_to = seen + 3});
            seen += 3;
        }
        for (; static_cast<std::size_t>(seen) < stored.size(); ++seen) {
            const FinalMessage& message = stored[static_cast<std::size_t>(seen)];
            add({.what = What::receive,
                 .who = name(session),
                 .room = room_of(session),
                 .key = message.key,
                 .text = message.text,
                 .seq = message.seq});
        }
    }

    std::mt19937_64 random_;
    History history_;
    std::int64_t now_ = 0;
    std::map<int, std::int64_t> seen_;
};

std::size_t find_event(const History& history, What what, std::size_t skip) {
    for (std::size_t i = 0; i < history.events.size(); ++i) {
        if (history.events[i].what == what && skip-- == 0) {
            return i;
        }
    }
    throw std::out_of_range{"no such event"};
}

Event& event(History& history, What what, std::size_t skip = 20) {
    return history.events[find_event(history, what, skip)];
}

// Of the first session that leaves after having received something.
void erase_last_receive_before_leave(History& history) {
    std::map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < history.events.size(); ++i) {
        const Event& e = history.events[i];
        if (e.what == What::receive) {
            last[e.who] = i;
        } else if (e.what == What::resync || e.what == What::join) {
            last.erase(e.who);
        } else if (e.what == What::leave && last.contains(e.who)) {
            history.events.erase(history.events.begin() + static_cast<std::ptrdiff_t>(last[e.who]));
            return;
        }
    }
}

FinalMessage& last_stored(History& history) { return history.rooms["room0"].back(); }

// The final read without the message; numbers close up, so that only the loss can be seen.
void lose(History& history, const std::string& key) {
    for (auto& [room, messages] : history.rooms) {
        std::erase_if(messages, [&](const FinalMessage& message) { return message.key == key; });
        std::int64_t seq = 0;
        for (FinalMessage& message : messages) {
            message.seq = ++seq;
        }
    }
}

void swap_content(FinalMessage& a, FinalMessage& b) {
    std::swap(a.key, b.key);
    std::swap(a.text, b.text);
}

struct Mutation {
    const char* name;
    Fault expected;
    std::function<void(History&)> apply;
};

std::vector<Mutation> mutations_of_the_store() {
    return {
        {"an acknowledged message is gone", Fault::lost,
         [](History& h) { lose(h, event(h, What::ok).key); }},
        {"an acknowledged message is gone and leaves a hole", Fault::hole,
         [](History& h) {
             const std::string key = event(h, What::ok).key;
             for (auto& [room, messages] : h.rooms) {
                 std::erase_if(messages, [&](const auto& message) { return message.key == key; });
             }
         }},
        {"the last message of a room is gone", Fault::lost,
         [](History& h) {
             const std::string key = [&] {
                 for (std::size_t i = h.events.size(); i-- > 0;) {
                     if (h.events[i].what == What::ok) {
                         return h.events[i].key;
                     }
                 }
                 return std::string{};
             }();
             lose(h, key);
         }},
        {"a message is stored twice", Fault::doubled,
         [](History& h) {
             FinalMessage again = h.rooms["room0"][3];
             again.seq = last_stored(h).seq + 1;
             h.rooms["room0"].push_back(again);
         }},
        {"a message is stored in two rooms", Fault::doubled,
         [](History& h) {
             FinalMessage again = h.rooms["room0"][3];
             again.seq = h.rooms["room1"].back().seq + 1;
             h.rooms["room1"].push_back(again);
         }},
        {"a message that nobody sent", Fault::phantom,
         [](History& h) { h.rooms["room0"].push_back({last_stored(h).seq + 1, "nobody", "x"}); }},
        {"a refused message is stored", Fault::phantom,
         [](History& h) {
             const Event refused = event(h, What::fail, 0);
             const auto sent = std::ranges::find_if(
                 h.events, [&](const Event& e) { return e.key == refused.key; });
             auto& messages = h.rooms[sent->room];
             messages.push_back({messages.back().seq + 1, sent->key, sent->text});
         }},
        {"a stored text is changed", Fault::altered,
         [](History& h) { h.rooms["room0"][5].text += "!"; }},
        {"a number is left out", Fault::hole,
         [](History& h) {
             for (FinalMessage& message : h.rooms["room0"]) {
                 message.seq += message.seq > 5 ? 1 : 0;
             }
         }},
        {"a number is used twice", Fault::hole, [](History& h) { h.rooms["room0"][5].seq = 5; }},
        {"two messages changed places", Fault::disordered,
         [](History& h) { swap_content(h.rooms["room0"][5], h.rooms["room0"][12]); }},
        {"an acknowledgement named another number", Fault::renumbered,
         [](History& h) {
             for (Event& e : h.events) {
                 if (e.what == What::ok && e.seq != 0) {
                     ++e.seq;
                     return;
                 }
             }
         }},
    };
}

std::vector<Mutation> mutations_of_sessions() {
    return {
        {"a message is not delivered", Fault::skipped,
         [](History& h) {
             for (std::size_t i = 20; i + 1 < h.events.size(); ++i) {
                 if (h.events[i].what == What::receive && h.events[i + 1].what == What::receive) {
                     h.events.erase(h.events.begin() + static_cast<std::ptrdiff_t>(i));
                     return;
                 }
             }
         }},
        {"a message before a session left is not delivered", Fault::malformed,
         erase_last_receive_before_leave},
        {"a message is delivered twice", Fault::repeated,
         [](History& h) {
             const std::size_t place = find_event(h, What::receive, 20);
             const Event again = h.events[place];
             h.events.insert(h.events.begin() + static_cast<std::ptrdiff_t>(place), again);
         }},
        {"two deliveries changed places", Fault::skipped,
         [](History& h) {
             for (std::size_t i = 0; i + 1 < h.events.size(); ++i) {
                 Event& a = h.events[i];
                 Event& b = h.events[i + 1];
                 if (a.what == What::receive && b.what == What::receive && a.who == b.who) {
                     std::swap(a.seq, b.seq);
                     std::swap(a.key, b.key);
                     std::swap(a.text, b.text);
                     return;
                 }
             }
         }},
        {"a delivered text is changed", Fault::altered,
         [](History& h) { event(h, What::receive).text += "!"; }},
        {"a message is delivered that is not stored", Fault::phantom,
         [](History& h) { event(h, What::receive).key = "nobody"; }},
        {"another message is delivered under a number", Fault::renumbered,
         [](History& h) {
             Event& received = event(h, What::receive);
             const FinalMessage& other = h.rooms[received.room][0];
             received.key = other.key;
             received.text = other.text;
         }},
        {"a message of another room is delivered", Fault::misplaced,
         [](History& h) {
             Event& received = event(h, What::receive);
             received.room = received.room == "room0" ? "room1" : "room0";
         }},
        {"the last message is not delivered", Fault::unseen,
         [](History& h) {
             for (std::size_t i = h.events.size(); i-- > 0;) {
                 if (h.events[i].what == What::receive) {
                     h.events.erase(h.events.begin() + static_cast<std::ptrdiff_t>(i));
                     return;
                 }
             }
         }},
        {"a resync announces less than is missing", Fault::skipped,
         [](History& h) { event(h, What::resync, 0).seq_to -= 1; }},
        {"a resync leaves out the beginning of the gap", Fault::skipped,
         [](History& h) { event(h, What::resync, 0).seq += 1; }},
        {"an answer without a question", Fault::malformed,
         [](History& h) { event(h, What::ok).key = "never"; }},
        {"a retry with another text", Fault::malformed,
         [](History& h) {
             std::set<std::string> seen;
             for (Event& e : h.events) {
                 if (e.what == What::invoke && !seen.insert(e.key).second) {
                     e.text += "!";
                     return;
                 }
             }
         }},
    };
}

bool has(const std::vector<Finding>& findings, Fault fault) {
    return std::ranges::any_of(findings,
                               [&](const Finding& finding) { return finding.fault == fault; });
}

TEST(HistoryChecker, finds_nothing_in_clean_histories) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const History history = CleanChat{seed}.make(200);

        const auto findings = check(history, 100);

        ASSERT_TRUE(findings.empty())
            << "seed " << seed << ": " << name_of(findings[0].fault) << ": " << findings[0].what;
    }
}

TEST(HistoryChecker, catches_every_planted_fault) {
    std::vector<Mutation> mutations = mutations_of_the_store();
    for (Mutation& mutation : mutations_of_sessions()) {
        mutations.push_back(std::move(mutation));
    }
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const History clean = CleanChat{seed}.make(200);
        for (const Mutation& mutation : mutations) {
            History history = clean;
            mutation.apply(history);

            const auto findings = check(history, 100);

            EXPECT_TRUE(has(findings, mutation.expected))
                << "seed " << seed << ": not caught: " << mutation.name;
        }
    }
}

TEST(HistoryChecker, does_not_accept_a_run_that_proves_nothing) {
    const History history = CleanChat{1}.make(20);

    EXPECT_TRUE(has(check(history, 1000), Fault::vacuous));
}

}  // namespace
}  // namespace loquat::test
