#include <algorithm>
#include <optional>
#include <unordered_map>

#include "tests/fault/history.hpp"

namespace loquat::test {
namespace {

struct Sent {
    std::string room;
    std::string text;
    std::int64_t invoked_at = 0;  // the first time
    std::optional<std::int64_t> acknowledged_at;
    std::int64_t acknowledged_seq = 0;
    std::size_t tries = 0;
    std::size_t refusals = 0;
};

struct Place {
    std::string room;
    std::int64_t seq = 0;
};

class Checker {
  public:
    explicit Checker(const History& history) : history_(history) {}

    std::vector<Finding> run(std::size_t acknowledged_min) {
        collect_sent();
        collect_final();
        check_acknowledged(acknowledged_min);
        check_real_time_order();
        check_sessions();
        return std::move(findings_);
    }

  private:
    struct Session {
        std::string room;
        std::int64_t next = 0;
    };

    void add(Fault fault, std::string what) { findings_.push_back({fault, std::move(what)}); }

    void collect_sent();
    void collect_final();
    void check_final_message(const std::string& room, const FinalMessage& message);
    void check_acknowledged(std::size_t acknowledged_min);
    void check_real_time_order();
    void check_sessions();
    void check_received(const Event& event, Session& session);

    const History& history_;
    std::vector<Finding> findings_;
    std::unordered_map<std::string, Sent> sent_;
    std::unordered_map<std::string, Place> places_;
};

std::string at(const std::string& room, std::int64_t seq) {
    return room + "/" + std::to_string(seq);
}

void Checker::collect_sent() {
    std::int64_t last_at = 0;
    for (const Event& event : history_.events) {
        if (event.at < last_at) {
            add(Fault::malformed, "time runs backwards at " + std::to_string(event.at));
        }
        last_at = event.at;
        const auto known = sent_.find(event.key);
        if (event.what == What::invoke) {
            Sent& sent = sent_[event.key];
            if (sent.tries++ == 0) {
                sent.room = event.room;
                sent.text = event.text;
                sent.invoked_at = event.at;
            } else if (sent.text != event.text || sent.room != event.room) {
                add(Fault::malformed, event.key + " was sent again with other content");
            }
        } else if (event.what == What::ok || event.what == What::fail || event.what == What::info) {
            if (known == sent_.end()) {
                add(Fault::malformed, event.key + " was answered but never sent");
                continue;
            }
            Sent& sent = known->second;
            sent.refusals += event.what == What::fail ? 1 : 0;
            if (event.what == What::ok) {
                sent.acknowledged_at = sent.acknowledged_at.value_or(event.at);
                if (event.seq != 0 && sent.acknowledged_seq != 0 &&
                    sent.acknowledged_seq != event.seq) {
                    add(Fault::renumbered, event.key + " was acknowledged under two numbers");
                }
                sent.acknowledged_seq = event.seq != 0 ? event.seq : sent.acknowledged_seq;
            }
        }
    }
}

void Checker::check_final_message(const std::string& room, const FinalMessage& message) {
    const auto [place, is_new] = places_.emplace(message.key, Place{room, message.seq});
    if (!is_new) {
        add(Fault::doubled, message.key + " is " + at(place->second.room, place->second.seq) +
                                " and " + at(room, message.seq));
    }
    const auto found = sent_.find(message.key);
    if (found == sent_.end() || found->second.refusals == found->second.tries) {
        add(Fault::phantom, at(room, message.seq) + " is " + message.key + ", which nobody sent");
        return;
    }
    if (found->second.room != room) {
        add(Fault::misplaced, message.key + " was sent to " + found->second.room + ", not " + room);
    }
    if (found->second.text != message.text) {
        add(Fault::altered, at(room, message.seq) + " has another text than was sent");
    }
}

void Checker::collect_final() {
    for (const auto& [room, messages] : history_.rooms) {
        std::int64_t expected = 1;
        for (const FinalMessage& message : messages) {
            if (message.seq != expected) {
                add(Fault::hole,
                    at(room, expected) + " is missing, next is " + std::to_string(message.seq));
            }
            expected = message.seq + 1;
            check_final_message(room, message);
        }
    }
}

void Checker::check_acknowledged(std::size_t acknowledged_min) {
    std::size_t acknowledged = 0;
    for (const auto& [key, sent] : sent_) {
        if (!sent.acknowledged_at) {
            continue;
        }
        ++acknowledged;
        const auto place = places_.find(key);
        if (place == places_.end()) {
            add(Fault::lost, key + " was acknowledged but is not in " + sent.room);
        } else if (sent.acknowledged_seq != 0 && sent.acknowledged_seq != place->second.seq) {
            add(Fault::renumbered, key + " was acknowledged as " +
                                       std::to_string(sent.acknowledged_seq) + " but is " +
                                       at(place->second.room, place->second.seq));
        }
    }
    if (acknowledged < acknowledged_min) {
        add(Fault::vacuous, "only " + std::to_string(acknowledged) + " were acknowledged");
    }
}

// Whoever was acknowledged before another was sent comes before it.  One pass over time: no message
// may be numbered below the highest number that had been acknowledged when it was first sent.
void Checker::check_real_time_order() {
    std::unordered_map<std::string, std::int64_t> highest;
    for (const Event& event : history_.events) {
        const auto sent = sent_.find(event.key);
        const auto place = places_.find(event.key);
        if (sent == sent_.end() || place == places_.end()) {
            continue;
        }
        std::int64_t& known = highest[place->second.room];
        if (event.what == What::ok) {
            known = std::max(known, place->second.seq);
        } else if (event.what == What::invoke && event.at == sent->second.invoked_at &&
                   place->second.seq < known) {
            add(Fault::disordered, event.key + " is " + at(place->second.room, place->second.seq) +
                                       " but was sent after " + std::to_string(known) +
                                       " had been acknowledged");
        }
    }
}

void Checker::check_received(const Event& event, Session& session) {
    if (event.room != session.room) {
        add(Fault::misplaced,
            event.who + " follows " + session.room + " and was given " + event.room);
        return;
    }
    if (event.seq > session.next) {
        add(Fault::skipped, event.who + " waited for " + at(event.room, session.next) +
                                " and was given " + std::to_string(event.seq));
    } else if (event.seq < session.next) {
        add(Fault::repeated, event.who + " was given " + at(event.room, event.seq) + " again");
    }
    session.next = std::max(session.next, event.seq + 1);
    const auto sent = sent_.find(event.key);
    const auto place = places_.find(event.key);
    if (sent == sent_.end() || place == places_.end()) {
        add(Fault::phantom, event.who + " was given " + event.key + ", which is not stored");
        return;
    }
    if (sent->second.text != event.text) {
        add(Fault::altered, event.who + " was given another text for " + event.key);
    }
    if (place->second.room != event.room || place->second.seq != event.seq) {
        add(Fault::renumbered, event.who + " was given " + event.key + " as " +
                                   at(event.room, event.seq) + " but it is " +
                                   at(place->second.room, place->second.seq));
    }
}

void Checker::check_sessions() {
    std::unordered_map<std::string, Session> open;
    std::unordered_map<std::string, Session> left;
    for (const Event& event : history_.events) {
        if (event.what == What::join) {
            open[event.who] = {event.room, event.seq + 1};
            // Coming back it asks from where it was, or what it missed would not be noticed.
            const auto before = left.find(event.who);
            if (before != left.end() &&
                (before->second.room != event.room || before->second.next < event.seq + 1)) {
                add(Fault::malformed, event.who + " came back further on than it was");
            }
            continue;
        }
        if (event.what != What::receive && event.what != What::resync &&
            event.what != What::leave) {
            continue;
        }
        const auto session = open.find(event.who);
        if (session == open.end()) {
            add(Fault::malformed, event.who + " has not joined");
        } else if (event.what == What::leave) {
            left[event.who] = session->second;
            open.erase(session);
        } else if (event.what == What::receive) {
            check_received(event, session->second);
        } else if (event.seq > session->second.next) {
            add(Fault::skipped, event.who + " was told of a gap that begins after the one it has");
        } else {
            session->second.next = std::max(session->second.next, event.seq_to + 1);
        }
    }
    for (const auto& [who, session] : open) {
        const auto room = history_.rooms.find(session.room);
        const std::int64_t head =
            room == history_.rooms.end() || room->second.empty() ? 0 : room->second.back().seq;
        if (session.next <= head) {
            add(Fault::unseen, who + " still waits for " + at(session.room, session.next) +
                                   ", the room has " + std::to_string(head));
        }
    }
}

}  // namespace

const char* name_of(Fault fault) {
    constexpr std::array names{"lost",   "doubled",    "phantom",    "altered", "misplaced",
                               "hole",   "disordered", "renumbered", "skipped", "repeated",
                               "unseen", "malformed",  "vacuous"};
    return names[static_cast<std::size_t>(fault)];
}

std::vector<Finding> check(const History& history, std::size_t acknowledged_min) {
    return Checker{history}.run(acknowledged_min);
}

}  // namespace loquat::test
