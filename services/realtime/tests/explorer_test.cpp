#include <gtest/gtest.h>

#include "services/realtime/tests/explored.hpp"
#include "wire/json.hpp"

// Every order of what can happen to somebody who follows a conversation, up to a length.

namespace loquat::realtime::testing {
namespace {

Config small() {
    Config config;
    config.unacked_max = 2;
    config.backlog_max = 4;
    return config;
}

// What the client of one subscription may rely on.
class Follower {
  public:
    // It has everything to `seq`, perhaps also to `free_to`, and is told what comes from now on.
    void begin(std::string id, std::int64_t seq, std::int64_t free_to) {
        id_ = std::move(id);
        covered_ = seq;
        free_to_ = free_to;
        missed_changes_ = 0;
    }
    void look(const Seen& seen) {
        for (; read_ < seen.events.size(); ++read_) {
            if (seen.events[read_].subscription == id_) {
                take(seen.events[read_]);
            }
        }
    }
    void on_change() { ++missed_changes_; }
    std::vector<std::string> take_acks() { return std::exchange(acks_, {}); }
    const std::string& wrong() const { return wrong_; }
    bool has_all(std::int64_t head) const {
        return std::max(covered_, free_to_) == head && missed_changes_ == 0;
    }

  private:
    static std::int64_t number(const wire::Value& body, std::string_view name) {
        return std::get<std::int64_t>(body.find(name)->any());
    }
    void take(const Seen::Shown& event) {
        acks_.push_back(event.ack);
        if (event.seq > 0) {
            note(event.seq <= covered_, "a message came twice or out of order");
            note(event.seq > std::max(covered_, free_to_) + 1, "a gap was not announced");
            covered_ = event.seq;
        } else if (event.body.contains("resync")) {
            const wire::Value body = wire::parse(event.body);
            note(number(body, "from_seq") > std::max(covered_, free_to_) + 1,
                 "a resync leaves a gap");
            covered_ = std::max(covered_, number(body, "to_seq"));
            missed_changes_ = number(body, "from_seq") == 1 ? 0 : missed_changes_;
        } else {
            missed_changes_ = std::max(0, missed_changes_ - 1);
        }
    }
    void note(bool is_wrong, const char* what) {
        if (is_wrong && wrong_.empty()) {
            wrong_ = what;
        }
    }

    std::string id_;
    std::int64_t covered_ = 0;
    std::int64_t free_to_ = 0;
    int missed_changes_ = 0;
    std::size_t read_ = 0;
    std::vector<std::string> acks_;
    std::string wrong_;
};

enum class Letter {
    post,     // a message is stored and told
    burst,    // two in one turn, the turn not yet at its end
    unheard,  // a message is stored, and the broadcast loses it without a word
    edit,
    flood,    // the same, of more messages than are read for a hole
    lost,     // the broadcast says that it lost something
    gone,     // the same, and it was an edit
    ack,      // of all that came
    choke,    // the client stops reading, and another conversation is busy
    drain,    // the client reads again
    answer,   // of the oldest call
    fail,     // of the oldest call
    again,    // the subscription ends and comes back with last-seq
    fresh,    // the same without last-seq
    leave,    // the subscription ends
    removed,  // the person is no member any more
    end,      // the socket is gone
};

// A client that follows a conversation in every order of some letters.
class Watching {
  public:
    explicit Watching(std::string ack) : ack_(std::move(ack)) {
        world_.wire.on_queued = [this](std::string_view bytes) { look_at_queued(bytes); };
        subscribe("other", other_, "");
        world_.store(room_);
        come("last-seq:1\n");
        world_.answer_all();
        look();
    }

    std::string play(const std::vector<Letter>& letters) {
        for (const Letter letter : letters) {
            act(letter);
            look();
            if (!wrong().empty()) {
                return wrong();
            }
        }
        return finish();
    }

  private:
    void look_at_queued(std::string_view bytes) {
        for (const std::string& id : over_) {
            if (bytes.contains("subscription:" + id + "\n")) {
                wrong_ = "an event of a subscription that has ended";
            }
        }
        if (bytes.contains("receipt-id:" + id_ + "\n")) {
            head_at_receipt_ = static_cast<std::int64_t>(world_.messages[room_].size());
        }
        if (!is_following_ && bytes.contains("receipt-id:end-" + id_ + "\n")) {
            over_.insert(id_);
        }
    }

    void act(Letter letter) {
        switch (letter) {
            case Letter::post:
                world_.tell(room_, world_.store(room_));
                break;
            case Letter::burst:
                world_.tell(room_, world_.store(room_));
                world_.tell(room_, world_.store(room_));
                return;
            case Letter::unheard:
                world_.store(room_);
                break;
            case Letter::edit:
                edit();
                break;
            case Letter::flood:
                for (int i = 0; i < 5; ++i) {
                    world_.store(room_);
                }
                world_.tell(room_, world_.store(room_));
                break;
            case Letter::gone:
                note_change();
                [[fallthrough]];
            case Letter::lost:
                world_.lose(room_);
                break;
            case Letter::ack:
                ack();
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
            default:
                act_on_calls(letter);
                break;
        }
        world_.turn();
    }

    void act_on_calls(Letter letter) {
        switch (letter) {
            case Letter::answer:
                world_.answer();
                break;
            case Letter::fail:
                world_.fail({Kind::unavailable, "upstream.unavailable", ""});
                break;
            case Letter::again:
                leave();
                come("last-seq:1\n");
                break;
            case Letter::fresh:
                leave();
                come("");
                break;
            case Letter::leave:
                leave();
                break;
            case Letter::removed:
                world_.end_membership(room_);
                over_.insert(id_);
                is_member_ = false;
                break;
            default:
                world_.session.end();
                world_.wire.is_closed = true;
                over_ = {id_, "other"};
                break;
        }
    }

    void note_change() {
        if (!is_waiting_ && is_following_) {
            follower_.on_change();
        }
    }

    void edit() {
        note_change();
        world_.tell(room_, {"message_edited", 0, {}, R"({"type":"message_edited"})"});
    }

    void ack() {
        for (const std::string& id : follower_.take_acks()) {
            if (!id.empty() && !world_.wire.is_closed) {
                world_.send("ACK\nid:" + id + "\n\n");
            }
        }
    }

    void subscribe(const std::string& id, ChatId chat, const std::string& headers) {
        if (!world_.wire.is_closed) {
            world_.send("SUBSCRIBE\nid:" + id + "\nreceipt:" + id + "\ndestination:/topic/chats/" +
                        chat.to_string() + "\n" + headers + "\n");
        }
    }

    void come(const std::string& headers) {
        id_ = "s" + std::to_string(++comings_);
        is_waiting_ = true;
        is_following_ = true;
        is_fresh_ = headers.empty();
        if (!is_fresh_) {
            follower_.begin(id_, 1, 1);
        }
        subscribe(id_, room_, ack_ + headers);
    }

    void leave() {
        if (std::exchange(is_following_, false) && !world_.wire.is_closed) {
            world_.send("UNSUBSCRIBE\nid:" + id_ + "\nreceipt:end-" + id_ + "\n\n");
        }
    }

    void look() {
        const Seen& seen = world_.wire.seen;
        if (is_waiting_ && seen.has_receipt(id_)) {
            is_waiting_ = false;
            if (is_fresh_) {
                follower_.begin(id_, world_.asked_head, head_at_receipt_);
            }
        }
        follower_.look(seen);
        for (const Seen::Answer& answer : seen.answers) {
            if (answer.code.starts_with("stomp.")) {
                wrong_ = "a mistake of the client: " + answer.code;
            }
        }
        if (world_.wire.most_bytes > 2 * FakeWire::queue_bytes_max) {
            wrong_ = "the queue grows without end";
        }
    }

    const std::string& wrong() const { return wrong_.empty() ? follower_.wrong() : wrong_; }

    std::string finish() {
        world_.wire.is_jammed = false;
        world_.turn();
        world_.answer_all();
        world_.lose(room_);
        for (int i = 0; i < 10; ++i) {
            world_.turn();
            world_.answer_all();
            look();
            ack();
        }
        look();
        const bool should_have_all = is_following_ && is_member_ && !world_.wire.is_closed;
        const auto head = static_cast<std::int64_t>(world_.messages[room_].size());
        if (wrong().empty() && should_have_all && !follower_.has_all(head)) {
            return "the subscription is silent";
        }
        return wrong();
    }

    std::string ack_;
    Explored world_{small()};
    ChatId room_ = ChatId::make();
    ChatId other_ = ChatId::make();
    Follower follower_;
    std::set<std::string> over_;
    std::string id_;
    int comings_ = 0;
    std::int64_t head_at_receipt_ = 0;
    bool is_waiting_ = false;  // for the receipt of its SUBSCRIBE
    bool is_fresh_ = false;
    bool is_following_ = false;
    bool is_member_ = true;
    std::string wrong_;
};

// All words of `length` with the mode that matters most, shorter ones with the others.
void explore_watching(const std::vector<Letter>& alphabet, const char* mode, std::size_t length) {
    for (const char* ack : {"", "ack:client\n", "ack:client-individual\n"}) {
        SCOPED_TRACE(ack);
        const bool is_main = std::string_view{ack} == mode;
        explore(alphabet.size(), is_main ? length : length - 1,
                [&](const std::vector<std::size_t>& word) {
                    std::vector<Letter> letters;
                    for (const std::size_t letter : word) {
                        letters.push_back(alphabet[letter]);
                    }
                    return Watching{ack}.play(letters);
                });
    }
}

using enum Letter;

TEST(EveryOrder, of_windows_and_slow_sockets_delivers_or_announces) {
    explore_watching({post, burst, edit, ack, choke, drain}, "ack:client\n", 5);
}

TEST(EveryOrder, of_replays_and_late_answers_gives_each_message_once) {
    explore_watching({post, unheard, edit, again, answer, choke, drain}, "", 5);
}

TEST(EveryOrder, of_losses_and_failures_closes_every_hole) {
    explore_watching({post, burst, unheard, lost, answer, fail, fresh}, "", 5);
}

TEST(EveryOrder, of_floods_and_slow_sockets_announces_what_nobody_can_read) {
    explore_watching({post, flood, gone, edit, answer, choke, drain}, "ack:client\n", 5);
}

TEST(EveryOrder, of_ends_shows_nothing_after_them) {
    explore_watching({burst, ack, again, leave, removed, answer, end}, "ack:client-individual\n",
                     5);
}

}  // namespace
}  // namespace loquat::realtime::testing
