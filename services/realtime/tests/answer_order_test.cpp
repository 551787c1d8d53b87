#include <gtest/gtest.h>

#include "services/realtime/tests/explored.hpp"
#include "wire/json.hpp"

// Every order of what can happen to somebody who follows answers while they are written, up to a
// length: after a snapshot as of event N come exactly the events after N, or it is said that parts
// were missed.

namespace loquat::realtime::testing {
namespace {

enum class Letter {
    delta,   // the answer goes on
    done,    // it is at its end; the next is another one
    gone,    // it goes on, and the broadcast says that it lost something
    delay,   // the broadcast falls behind what chat knows
    arrive,  // it catches up
    come,    // the subscription ends and comes back
    answer,  // of the oldest call
    choke,   // the client stops reading, and another conversation is busy
    drain,   // the client reads again
};

struct Answer {
    std::string id;
    std::int64_t told = 0;  // events so far
    bool is_done = false;
};

class Watching {
  public:
    Watching() {
        come(other_, "other");
        come(room_, "s1");
        world_.answer_all();
    }

    std::string play(const std::vector<Letter>& letters) {
        for (const Letter letter : letters) {
            act(letter);
            world_.turn();
            look();
        }
        world_.wire.is_jammed = false;
        arrive();
        world_.turn();
        world_.answer_all();
        look();
        tell(Broadcast::hears);
        world_.turn();
        look();
        const bool has_all = seen_[answer_.id] == answer_.told;
        return wrong_.empty() && !has_all ? "the answer stands still" : wrong_;
    }

  private:
    enum class Broadcast { hears, loses };

    void act(Letter letter) {
        switch (letter) {
            case Letter::delta:
                tell(Broadcast::hears);
                break;
            case Letter::done:
                answer_.is_done = true;
                tell(Broadcast::hears);
                break;
            case Letter::gone:
                tell(Broadcast::loses);
                break;
            case Letter::delay:
                is_delayed_ = true;
                break;
            case Letter::arrive:
                arrive();
                break;
            case Letter::come:
                world_.send("UNSUBSCRIBE\nid:s" + std::to_string(comings_) + "\n\n");
                come(room_, "s" + std::to_string(++comings_));
                break;
            case Letter::answer:
                world_.answer();
                break;
            case Letter::choke:
                world_.wire.is_jammed = true;
                for (int i = 0; i < 4; ++i) {
                    world_.tell(other_, world_.store(other_, std::string(900, 'x')));
                }
                break;
            case Letter::drain:
                world_.wire.is_jammed = false;
                break;
        }
    }

    void come(ChatId chat, const std::string& id) {
        world_.send("SUBSCRIBE\nid:" + id + "\ndestination:/topic/chats/" + chat.to_string() +
                    "\n\n");
    }

    void tell(Broadcast how) {
        ++answer_.told;
        contracts::RoomEvent event{.type = "generation"};
        event.number = answer_.told;
        event.stream = answer_.id;
        event.ends = answer_.is_done;
        event.body = R"({"type":"generation","generationId":")" + answer_.id + R"(","event_id":)" +
                     std::to_string(answer_.told) + R"(,"event":{}})";
        told_.push_back(how == Broadcast::hears ? std::optional{std::move(event)} : std::nullopt);
        auto& running = world_.generations[room_];
        running.clear();
        if (answer_.is_done) {
            answer_ = {.id = answer_.id + "'"};
        } else {
            contracts::LiveGeneration live;
            live.generationId = answer_.id;
            live.event_id = answer_.told;
            running.push_back(std::move(live));
        }
        if (!is_delayed_) {
            arrive();
        }
    }

    void arrive() {
        is_delayed_ = false;
        for (auto& event : std::exchange(told_, {})) {
            if (event) {
                world_.tell(room_, *event);
            } else {
                world_.lose(room_);
            }
        }
    }

    void look() {
        const auto& events = world_.wire.seen.events;
        for (; read_ < events.size(); ++read_) {
            if (events[read_].subscription == "s" + std::to_string(comings_)) {
                take(events[read_].body);
            }
        }
    }

    void take(const std::string& text) {
        const wire::Value body = wire::parse(text);
        if (body.find("generations") != nullptr) {
            seen_[answer_.id] = read_to_[answer_.id] = answer_.told;  // as GET gives it
            return;
        }
        if (body.find("generationId") == nullptr) {
            return;
        }
        const std::string& id = *body.find("generationId")->if_string();
        const auto number = std::get<std::int64_t>(body.find("event_id")->any());
        std::int64_t& seen = seen_[id];
        if (text.contains("snapshot")) {
            seen = std::max(seen, number);
            from_[id] = comings_;
        } else if (number > read_to_[id]) {
            // Of an answer that it did not know it sees by itself that the beginning is missing.
            const bool is_new = from_[id] != comings_ && number != seen + 1;
            if (is_new) {
                seen = read_to_[id] = std::max(number, id == answer_.id ? answer_.told : 0);
            } else {
                note(number <= seen, "a part came twice: ", text);
                note(number > seen + 1, "a part is missing: ", text);
                seen = std::max(seen, number);
            }
            from_[id] = comings_;
        }
    }

    void note(bool is_wrong, const char* what, const std::string& text) {
        if (is_wrong && wrong_.empty()) {
            wrong_ = what + text;
        }
    }

    Explored world_;
    ChatId room_ = ChatId::make();
    ChatId other_ = ChatId::make();
    Answer answer_{.id = "g"};
    std::vector<std::optional<contracts::RoomEvent>> told_;  // nothing: what was lost
    bool is_delayed_ = false;
    int comings_ = 1;
    std::size_t read_ = 0;
    std::map<std::string, std::int64_t> seen_;
    std::map<std::string, std::int64_t> read_to_;  // what is below may come again: left out
    std::map<std::string, int> from_;              // in which subscription something of it was seen
    std::string wrong_;
};

void explore_answers(const std::vector<Letter>& alphabet, std::size_t length) {
    explore(alphabet.size(), length, [&](const std::vector<std::size_t>& word) {
        std::vector<Letter> letters;
        for (const std::size_t letter : word) {
            letters.push_back(alphabet[letter]);
        }
        return Watching{}.play(letters);
    });
}

using enum Letter;

TEST(EveryOrder, of_answers_and_snapshots_gives_each_part_once) {
    explore_answers({delta, done, delay, arrive, come, answer}, 5);
}

TEST(EveryOrder, of_answers_losses_and_slow_sockets_says_what_was_missed) {
    explore_answers({delta, gone, come, answer, choke, drain}, 5);
}

}  // namespace
}  // namespace loquat::realtime::testing
