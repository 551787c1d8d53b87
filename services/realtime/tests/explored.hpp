#pragma once
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/realtime/stomp/session.hpp"
#include "testing/fake_broadcast.hpp"

// A session and its rooms without socket, loop or coroutine: for tests that try every order of what
// can happen.

namespace loquat::realtime::testing {

class Flushes final : public FlushList {
  public:
    void run();

  private:
    void list(Flushable& one) override { listed_.push_back(&one); }
    void unlist(Flushable& one) override { std::erase(listed_, &one); }
    std::vector<Flushable*> listed_;
};

class Runs final : public HistoryRuns {
  public:
    void start(std::shared_ptr<HistoryReader> reader) override { readers.push_back(reader); }
    std::vector<std::shared_ptr<HistoryReader>> readers;
};

// What a client has seen, read off the bytes of its frames, and whether that is right.
class Seen {
  public:
    struct Shown {
        std::string subscription;
        std::string ack;
        std::string id;  // message-id
        std::int64_t seq = 0;
        std::string body;
    };

    void take(std::string_view bytes);
    std::vector<Shown> events;
    // RECEIPT and ERROR, in their order.
    struct Answer {
        std::string receipt;
        std::string code;  // of an ERROR
    };
    std::vector<Answer> answers;
    bool has_receipt(std::string_view id) const;

  private:
    void take_frame(std::string_view frame);
};

// The socket: its queue is what the client has not read yet.
class FakeWire final : public Wire {
  public:
    static constexpr std::size_t queue_bytes_max = 3'000;

    const Shape& shape() const override { return shape_; }
    void set_version(net::stomp::Version version) override { shape_.version = version; }
    void answer(std::string_view frame) override;
    void push(std::string_view frames) override;
    void enqueue(const SharedBatch& batch) override;
    bool has_room() const override { return bytes_ < queue_bytes_max / 2; }
    void fail(const Failure& failure, std::string_view receipt) override;
    void say_error(const Failure& failure, std::string_view receipt) override;
    void close(std::uint16_t code, std::string_view reason) override;
    void start_calls() override { has_calls = true; }
    void on_idle() override {}
    void on_signed_in() override {}
    void on_signed_off() override {}
    void on_looks_changed() override {}
    void reschedule() override {}

    // As a connection does at the end of a turn.
    void flush();

    Session* session = nullptr;
    Seen seen;
    bool has_calls = false;
    bool is_jammed = false;  // the client does not read
    bool is_closed = false;
    std::size_t most_bytes = 0;
    std::function<void(std::string_view)> on_queued = [](std::string_view) {};

  private:
    struct Queued {
        SharedBatch batch;
        bool is_event = false;
    };
    void add(SharedBatch batch, bool is_event);
    Shape shape_;
    std::deque<Queued> queue_;
    std::size_t bytes_ = 0;
};

// One person, one socket, a store, and the calls that are under way: each is answered when the test
// says so, with what was true when it was asked.
class Explored {
  public:
    explicit Explored(Config config = {}, std::string_view version = "1.2");
    Explored(const Explored&) = delete;
    Explored& operator=(const Explored&) = delete;

    // A frame as text, without its NUL.
    void send(std::string_view frame);
    // Of a conversation: stored, and told to whoever listens.
    std::int64_t store(ChatId chat, std::string text = "m");
    void tell(ChatId chat, std::int64_t seq);
    void tell(ChatId chat, const contracts::RoomEvent& event) {
        air.publish(contracts::topics::chat_room.name(chat), contracts::encode(event));
    }
    void lose(ChatId chat) { air.announce_loss(contracts::topics::chat_room.name(chat)); }
    // The end of a turn.
    void turn();
    // The oldest of what is under way; false when nothing is.
    bool answer();
    bool fail(const Failure& failure);
    void answer_all();
    void end_membership(ChatId chat);

    FakeClock clock;
    const Config config;
    runtime::StandingRights rights{clock};
    FrameMaker maker{1'024};
    Addresses addresses;
    Flushes flushes;
    Counts counts;
    Runs runs;
    test::FakeBroadcast air{test::FakeBroadcast::Delivery::at_once};
    RoomBook rooms{{config, maker, addresses, flushes, counts, runs}, air};
    const Session::Parts parts{config, clock, rights, maker, addresses, rooms};
    FakeWire wire;
    Identity who;
    Session session{parts, wire, "token"};
    std::map<ChatId, std::vector<contracts::Message>> messages;
    std::map<ChatId, std::vector<contracts::LiveGeneration>> generations;
    std::set<ChatId> gone;                // chat.not_found for them
    std::int64_t asked_head = 0;          // of a conversation, when its SUBSCRIBE was judged
    std::set<std::string> durable;        // client ids of messages whose storing was answered
    std::int64_t stored_max = INT64_MAX;  // the store gives nothing beyond this number

  private:
    struct UnderWay {
        std::shared_ptr<HistoryReader> reader;  // null: the session's call
        std::optional<contracts::MessagePage> page;
        CallAnswer answer;
        std::optional<Failure> failure;
        std::vector<std::string> client_ids;
    };
    void look_for_calls();
    UnderWay perform(const Call& call);
    UnderWay read(std::shared_ptr<HistoryReader> reader, const ReadPage& page);
    CallAnswer accept(const AcceptMessages& call);
    void step(const std::shared_ptr<HistoryReader>& reader);
    bool finish(std::optional<Failure> failure);
    std::deque<UnderWay> under_way_;
};

// Every sequence of `letters` letters of that length; `play` says what was wrong, or nothing.
// Stops at the first.
void explore(std::size_t letters, std::size_t length,
             const std::function<std::string(const std::vector<std::size_t>&)>& play);

}  // namespace loquat::realtime::testing
