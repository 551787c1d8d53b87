#include "services/realtime/domain/pace.hpp"

#include "services/realtime/tests/harness.hpp"
#include "wire/json.hpp"

namespace loquat::realtime::testing {
namespace {

// A subscription as a session runs it, with a client and a socket that are only numbers.
struct Model {
    static constexpr std::size_t window_max = 2;

    Pace pace;
    std::size_t unacked = 0;
    bool is_replaying = false;
    bool is_behind = false;
    bool has_missed = false;
    int undelivered = 0;  // events that came and were neither given nor announced

    void follow(Pace::Step step) {
        if (step == Pace::Step::resume && std::exchange(has_missed, false)) {
            undelivered = 0;
            give();
        }
    }
    void give() {
        ++unacked;
        follow(pace.on_window(unacked, window_max));
    }
    void act(int what) {
        switch (what) {
            case 0:
                ++undelivered;
                if (pace.is_flowing()) {
                    --undelivered;
                    give();
                } else {
                    has_missed = true;
                }
                break;
            case 1:
                unacked -= unacked > 0 ? 1 : 0;
                follow(pace.on_window(unacked, window_max));
                break;
            case 2:
                is_behind = true;
                follow(pace.on_overflow());
                break;
            case 3:
                is_behind = false;
                follow(pace.on_drained());
                break;
            case 4:
                is_replaying = true;
                follow(pace.on_replay_begun());
                break;
            default:
                is_replaying = false;
                follow(pace.on_replay_ended());
                break;
        }
    }
    bool is_stuck() const {
        const bool is_free = !is_behind && !is_replaying && unacked <= window_max / 2;
        return is_free && (undelivered > 0 || !pace.is_flowing());
    }
    bool is_rude() const { return (is_behind || is_replaying) && pace.is_flowing(); }
};

constexpr int inputs = 6;
constexpr int depth_max = 8;

void try_all(const Model& before, int depth, std::string& path, int& failures) {
    for (int what = 0; what < inputs && failures == 0; ++what) {
        Model model = before;
        model.act(what);
        path.push_back(static_cast<char>('0' + what));
        if (model.is_stuck() || model.is_rude()) {
            ++failures;
            ADD_FAILURE() << "after " << path;
        }
        if (depth > 1) {
            try_all(model, depth - 1, path, failures);
        }
        path.pop_back();
    }
}

TEST(Pace, in_every_order_delivers_or_announces_once_nothing_stands_in_the_way) {
    std::string path;
    int failures = 0;

    try_all({}, depth_max, path, failures);

    EXPECT_EQ(failures, 0);
}

TEST(Pace, pauses_at_a_full_window_and_resumes_at_half_of_it) {
    Pace pace;

    EXPECT_EQ(pace.on_window(9, 10), Pace::Step::none);
    EXPECT_EQ(pace.on_window(10, 10), Pace::Step::pause);
    EXPECT_EQ(pace.on_window(6, 10), Pace::Step::none);
    EXPECT_EQ(pace.on_window(5, 10), Pace::Step::resume);
}

// The same with real sessions: a window of two, a small queue, another subscription that fills it.
class AllOrders : public RealtimeTest {
  protected:
    AllOrders() {
        config.unacked_max = 2;
        config.queue_bytes_max = 2'000;
        restart();
    }

    static std::int64_t number(const wire::Value& body, std::string_view name) {
        const wire::Value* value = body.find(name);
        return value == nullptr ? 0 : std::get<std::int64_t>(value->any());
    }
    void look(Client& ann) {
        for (const auto& frame : ann.take()) {
            if (header(frame, "subscription") != "watched") {
                continue;
            }
            acks.push_back(header(frame, "ack"));
            if (const auto seq = frame.find("seq")) {
                seen.insert(std::stoll(std::string{*seq}));
                continue;
            }
            const wire::Value body = wire::parse(frame.body);
            for (std::int64_t seq = number(body, "from_seq"); seq <= number(body, "to_seq");
                 ++seq) {
                seen.insert(seq);
            }
        }
    }
    void ack(Client& ann) {
        for (const std::string& id : std::exchange(acks, {})) {
            ann.send("ACK\nid:" + id + "\n\n");
        }
    }
    void act(Client& ann, int what) {
        switch (what) {
            case 0:
                chat.post(room, "m");
                run();
                break;
            case 1:
                ack(ann);
                break;
            case 2:
                ann.end->window = 0;
                break;
            case 3:
                for (int i = 0; i < 3; ++i) {
                    chat.post(other, std::string(900, 'x'));
                    run();
                }
                break;
            case 4:
                chat.post(other, "m");
                run();
                break;
            default:
                ann.drain();
                break;
        }
        look(ann);
    }

    ChatId other = ChatId::make();
    std::vector<std::string> acks;
    std::set<std::int64_t> seen;
};

TEST_F(AllOrders, leave_no_subscription_silent) {
    constexpr int depth = 5;
    int sequences = 1;
    for (int i = 0; i < depth; ++i) {
        sequences *= inputs;
    }
    for (int sequence = 0; sequence < sequences && !HasFailure(); sequence += 1) {
        Client& ann = connected();
        room = ChatId::make();
        other = ChatId::make();
        acks.clear();
        seen.clear();
        ann.subscribe("watched", room, "ack:client-individual\n");
        ann.subscribe("other", other);
        for (int i = 0, left = sequence; i < depth; ++i, left /= inputs) {
            act(ann, left % inputs);
        }

        ann.drain();
        look(ann);
        for (int i = 0; i < 3; ++i) {
            ack(ann);
            look(ann);
        }

        EXPECT_EQ(seen.size(), chat.messages[room].size()) << "sequence " << sequence;
        ann.go_away();
        forget_clients();
    }
}

}  // namespace
}  // namespace loquat::realtime::testing
