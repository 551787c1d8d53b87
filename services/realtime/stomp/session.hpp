#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/stomp/negotiate.hpp"
#include "net/stomp/parser.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/realtime/config.hpp"
#include "services/realtime/rooms/listener.hpp"
#include "services/realtime/rooms/room_book.hpp"
#include "services/realtime/stomp/ended.hpp"
#include "services/realtime/stomp/frame_work.hpp"
#include "services/realtime/stomp/session_call.hpp"
#include "services/realtime/stomp/wire.hpp"

namespace loquat::realtime {

Failure token_expired();

// The STOMP side of one connection: sign-in, subscriptions, sends, acknowledgements, transactions.
// Frames are handled strictly in the order in which they came, also when one has to wait for
// another service; what waits is held here, up to a limit.
//
// Knows no socket, no loop and no coroutine: frames, events and answers of calls come in, frames go
// to the wire, and calls are taken by whoever performs them.
class Session final : public net::stomp::FrameSink, public Listener, Reader {
  public:
    // What all sessions of a loop share; outlives them.
    struct Parts {
        const Config& config;
        const Clock& clock;
        const runtime::StandingRights& rights;
        FrameMaker& maker;
        Addresses& addresses;
        RoomBook& rooms;
    };

    Session(const Parts& parts, Wire& wire, std::string upgrade_token);
    ~Session() override;

    void on_frame(net::stomp::Frame frame) override;
    // After `Wire::start_calls`, and after each answer: what is to be asked of others now.  None
    // ends the asking, until the wire is told again.
    std::optional<Call> next_call();
    // What came of it.
    void on_answer(CallAnswer answer);
    void on_failed(const Failure& failure);

    bool is_signed_in() const { return signed_in_; }
    // Its token has come to its end.
    bool is_expired() const;
    const Identity& identity() const override { return identity_; }
    const net::stomp::BeatPlan& beats() const { return beats_; }
    // Frames of the client are under way or wait.
    bool is_busy() const { return work_ != nullptr; }
    // False while so much waits that reading should pause.
    bool wants_input() const;

    // The socket is gone or about to go: nothing more is sent.  The session object may have to live
    // on until it is no longer busy.
    void end();

    void warn_of_expiry();
    bool was_warned() const { return warned_; }
    void give_feed(Feed feed, SharedEvents& events) override;
    void give_feed(Feed feed, std::string_view body);
    void end_room_subscriptions(const Room& room) override;
    bool is_away() const override { return away_; }
    bool listens_to(Feed feed) const override;

    // The socket's queue was over its limit and these events were dropped.
    void on_overflow(const std::vector<SharedBatch>& dropped);
    // The socket's queue is empty again.
    void on_drained();

  private:
    using Frame = net::stomp::Frame;
    struct Transaction {
        std::vector<Frame> frames;
        std::size_t bytes = 0;
    };
    struct Acknowledged {
        std::optional<std::uint32_t> serial;  // 1.2
        std::string_view subscription;        // before; may be empty
        std::uint64_t number = 0;
    };
    using Transactions = std::map<std::string, Transaction, std::less<>>;

    // Of Reader.
    void enqueue(const SharedBatch& batch) override { wire_.enqueue(batch); }
    void give(StompSubscription& subscription, const Event& event) override;
    void give(StompSubscription& subscription, const SharedBatch& batch);
    void replay(StompSubscription& subscription, const Event& event) override;
    bool has_room() const override { return wire_.has_room(); }
    void check_window(StompSubscription& subscription) override;
    void begin_following(StompSubscription& subscription) override;
    void fail(const Failure& failure) override { wire_.fail(failure, ""); }
    // session.cpp
    void choose_version(const Frame& frame);
    bool handle_now(Frame& frame);
    void handle_in_open(Frame& frame);
    void queue(Frame& frame);
    void fail(const Failure& failure, const Frame& frame);
    void answer_receipt(const Frame& frame);
    // session_work.cpp: what one frame needs of others; none when that is nothing.
    std::optional<Call> ask();
    std::optional<Call> begin();
    void finish(CallAnswer answer);
    void fail_work(const Failure& failure);
    void next_work();
    // session_sign_in.cpp
    Call sign_in();
    std::string token_of(const Frame& frame);
    void on_identity(Identity identity);
    void answer_connected();
    Call refresh_token();
    void on_new_token(Identity identity);
    void take_identity(Identity identity);
    // session_send.cpp
    std::optional<Call> send();
    Call send_run(contracts::PostMessageRequest message);
    void on_accepted(const contracts::AcceptedMessages& answer);
    void fail_run(const Failure& failure, std::size_t from);
    void set_presence(std::string_view body);
    // session_transaction.cpp
    std::optional<Call> commit();
    void on_committed(const contracts::AcceptedMessages& answer);
    std::vector<contracts::PostMessageRequest> judge(const std::vector<Frame>& held) const;
    void begin_transaction(const Frame& frame);
    void abort_transaction(const Frame& frame);
    Transactions::iterator find_transaction(const Frame& frame);
    bool defer_to_transaction(Frame& frame);
    // session_subscribe.cpp
    Call subscribe();
    Call ask_room(FrameWork::Subscribe& what);
    void on_allowed(const contracts::Subscribable& allowed);
    void follow_room(Room& room, Address address, const contracts::Subscribable& allowed,
                     std::optional<std::int64_t> after);
    void follow_feed(Feed feed, Address address);
    void unsubscribe(const Frame& frame);
    void remove(std::size_t index);
    std::optional<std::size_t> find_subscription(std::string_view id) const;
    void note_taken_away(const std::string& id);
    // session_ack.cpp
    void acknowledge(const Frame& frame);
    // Throws where `acknowledge` would.
    void check_acknowledged(const Frame& frame) const;
    Acknowledged read_acknowledged(const Frame& frame) const;
    StompSubscription* find_acknowledged(const Acknowledged& what) const;
    // session_slow.cpp
    void follow(StompSubscription& subscription, Pace::Step step);
    void suspend(StompSubscription& subscription);
    void resume(StompSubscription& subscription);

    const Parts& parts_;
    Wire& wire_;
    Identity identity_;
    std::unique_ptr<std::string> upgrade_token_;  // of the upgrade request, until it is used
    net::stomp::BeatPlan beats_;
    std::vector<std::unique_ptr<StompSubscription>> subscriptions_;
    std::unique_ptr<FrameWork> work_;  // the frame that is under way
    std::unique_ptr<std::deque<Frame>> inbox_;
    // Subscriptions that the server ended: an UNSUBSCRIBE under way is no mistake of the client.
    std::unique_ptr<std::deque<std::string>> taken_away_;
    std::unique_ptr<EndedSubscriptions> ended_subscriptions_;
    std::unique_ptr<Transactions> transactions_;
    std::size_t inbox_bytes_ = 0;
    bool has_connect_ = false;
    bool signed_in_ = false;
    bool ended_ = false;
    bool warned_ = false;
    bool away_ = false;
    bool awaits_drain_ = false;  // a subscription lags or is replayed
};

}  // namespace loquat::realtime
