#include <gtest/gtest.h>

#include "services/realtime/tests/explored.hpp"

// Every order of acknowledgements and of what they can cross, up to a length, in each version of
// the protocol: whatever was sent may be acknowledged, late, again, and after its subscription
// ended.

namespace loquat::realtime::testing {
namespace {

enum class Letter {
    post,     // two messages
    ack,      // of the oldest that was not acknowledged yet
    nack,     // of the newest of them
    repeat,   // the last ACK once more
    held,     // an ACK in a transaction that is committed after the next letter
    leave,    // the subscription ends
    come,     // and another one begins
    removed,  // the server ends it: the person is no member any more
    added,    // and is one again
    choke,    // the client stops reading, and another conversation is busy
    drain,    // the client reads again
};

Config narrow() {
    Config config;
    config.unacked_max = 2;
    return config;
}

class Acknowledging {
  public:
    Acknowledging(std::string version, std::string mode)
        : version_(std::move(version)), mode_(std::move(mode)), world_(narrow(), version_) {
        subscribe("other", other_, "auto");
        come();
    }

    std::string play(const std::vector<Letter>& letters) {
        for (const Letter letter : letters) {
            const bool is_held = is_held_;
            act(letter);
            if (is_held) {
                send("COMMIT", "transaction:t\n");
                is_held_ = false;
            }
            world_.turn();
            world_.answer_all();
            look();
        }
        world_.wire.is_jammed = false;
        for (int i = 0; i < 5; ++i) {
            world_.turn();
            world_.answer_all();
            look();
        }
        if (wrong_.empty() && !is_held_) {
            check_answers();
        }
        return wrong_;
    }

  private:
    void act(Letter letter) {
        switch (letter) {
            case Letter::post:
                world_.tell(room_, world_.store(room_));
                world_.tell(room_, world_.store(room_));
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
            case Letter::leave:
                leave();
                break;
            case Letter::come:
                leave();
                come();
                break;
            case Letter::removed:
                world_.end_membership(room_);
                is_member_ = false;
                break;
            case Letter::added:
                world_.gone.erase(room_);
                is_member_ = true;
                break;
            default:
                acknowledge(letter);
                break;
        }
    }

    void acknowledge(Letter letter) {
        if (letter == Letter::repeat) {
            send("ACK", last_);
            return;
        }
        if (shown_.empty()) {
            return;
        }
        if (letter == Letter::held && is_held_) {
            return;
        }
        const std::size_t at = letter == Letter::nack ? shown_.size() - 1 : 0;
        last_ = shown_[at];
        shown_.erase(shown_.begin() + static_cast<std::ptrdiff_t>(at));
        if (letter == Letter::held) {
            send("BEGIN", "transaction:t\n");
            send("ACK", last_ + "transaction:t\n");
            is_held_ = true;
        } else {
            send(letter == Letter::nack ? "NACK" : "ACK", last_);
        }
    }

    void send(const std::string& command, const std::string& headers) {
        if (headers.empty() || world_.wire.is_closed || (command == "NACK" && version_ == "1.0")) {
            return;
        }
        const std::string receipt = "r" + std::to_string(++frames_);
        asked_.push_back(receipt);
        world_.send(command + "\nreceipt:" + receipt + "\n" + headers + "\n");
    }

    void subscribe(const std::string& id, ChatId chat, const std::string& mode) {
        send("SUBSCRIBE", "id:" + id + "\nack:" + mode + "\ndestination:/topic/chats/" +
                              chat.to_string() + "\n");
        world_.answer_all();
    }
    void come() {
        if (is_member_) {
            id_ = "s" + std::to_string(++comings_);
            subscribe(id_, room_, mode_);
        }
    }
    void leave() {
        if (!id_.empty()) {
            send("UNSUBSCRIBE", "id:" + std::exchange(id_, {}) + "\n");
        }
    }

    void look() {
        const auto& events = world_.wire.seen.events;
        for (; read_ < events.size(); ++read_) {
            if (events[read_].subscription != "other") {
                shown_.push_back(headers_of(events[read_]));
            }
        }
        for (const Seen::Answer& answer : world_.wire.seen.answers) {
            if (wrong_.empty() && !answer.code.empty()) {
                wrong_ = "a mistake of the client: " + answer.code;
            }
        }
    }
    std::string headers_of(const Seen::Shown& event) const {
        if (version_ == "1.2") {
            return "id:" + event.ack + "\n";
        }
        const std::string named = "message-id:" + event.id + "\n";
        return version_ == "1.1" ? named + "subscription:" + event.subscription + "\n" : named;
    }
    void check_answers() {
        for (const std::string& receipt : asked_) {
            if (!world_.wire.seen.has_receipt(receipt)) {
                wrong_ = "a frame was not answered: " + receipt;
            }
        }
    }

    const std::string version_;
    const std::string mode_;
    Explored world_;
    ChatId room_ = ChatId::make();
    ChatId other_ = ChatId::make();
    std::string id_;                  // of the subscription; empty: none
    std::vector<std::string> shown_;  // headers that name what came and was not acknowledged
    std::string last_;                // that were acknowledged last
    std::vector<std::string> asked_;  // receipts
    bool is_member_ = true;
    bool is_held_ = false;
    int comings_ = 0;
    int frames_ = 0;
    std::size_t read_ = 0;
    std::string wrong_;
};

// All words of `length` in the version and mode of most clients, shorter ones in the others.
void explore_acks(const std::vector<Letter>& alphabet, std::size_t length) {
    for (const char* version : {"1.0", "1.1", "1.2"}) {
        for (const char* mode : {"client", "client-individual"}) {
            SCOPED_TRACE(std::string{version} + " " + mode);
            const bool is_main =
                std::string_view{version} == "1.2" && mode == std::string_view{"client"};
            explore(alphabet.size(), is_main ? length : length - 1,
                    [&](const std::vector<std::size_t>& word) {
                        std::vector<Letter> letters{Letter::post};
                        for (const std::size_t letter : word) {
                            letters.push_back(alphabet[letter]);
                        }
                        return Acknowledging{version, mode}.play(letters);
                    });
        }
    }
}

using enum Letter;

TEST(EveryOrder, of_acknowledgements_and_ends_is_no_mistake_of_the_client) {
    explore_acks({ack, nack, repeat, leave, come, removed, added}, 4);
}

TEST(EveryOrder, of_acknowledgements_overflows_and_transactions_is_no_mistake_of_the_client) {
    explore_acks({post, ack, held, leave, choke, drain}, 4);
}

}  // namespace
}  // namespace loquat::realtime::testing
