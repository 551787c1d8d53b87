#include "base/log.hpp"
#include "contracts/events.hpp"
#include "services/realtime/connection.hpp"
#include "services/realtime/node.hpp"

// SUBSCRIBE with last-seq: first everything after it from the store, page by page, then live.

namespace loquat::realtime {
namespace {

constexpr std::int32_t page_items = 50;
constexpr int behind_max = 5;  // how often the store may know less than was broadcast
constexpr std::chrono::milliseconds behind_pause{50};

bool needs_room(const CatchUp& state) {
    return state.subscription != nullptr && !state.subscription->connection->has_room();
}

// Sends one message of a page once the socket has room; false when nobody listens any more.
Task<bool> replay(std::shared_ptr<CatchUp> state, Node& node, contracts::Message message) {
    while (needs_room(*state)) {
        co_await state->drained.wait();
    }
    if (state->subscription == nullptr) {
        co_return false;
    }
    Subscription& subscription = *state->subscription;
    const std::int64_t seq = message.seq.value_or(0);
    if (seq == subscription.last_seq + 1) {
        const std::string body = contracts::message_event("message", message);
        subscription.connection->replay(subscription, {body, seq, node.next_number(), false});
        subscription.last_seq = seq;
    }
    co_return true;
}

void finish(CatchUp& state, Node& node) {
    Subscription& subscription = *state.subscription;
    Room& room = *subscription.room;
    for (const store::RoomEvent& event : state.held) {
        subscription.connection->replay(subscription, {event.body, 0, node.next_number(), true});
    }
    if (state.has_lost) {
        const std::string body = resync_event(1, subscription.last_seq, Torn::generations);
        subscription.connection->replay(subscription, {body, 0, node.next_number(), true});
    }
    const auto held = std::move(subscription.catch_up);
    room.suspend(subscription);
    subscription.connection->session().begin_following(subscription);
}

void skip(Subscription& subscription, Node& node) {
    const std::int64_t head = subscription.room->last_seq();
    const std::string body = resync_event(subscription.last_seq + 1, head);
    subscription.connection->replay(subscription, {body, 0, node.next_number(), true});
    subscription.last_seq = head;
}

Task<void> replay_all(std::shared_ptr<CatchUp> state, Node& node, Identity who) {
    int behind = 0;
    while (state->subscription != nullptr) {
        const ChatId chat = state->subscription->room->id();
        const std::int64_t after = state->subscription->last_seq;
        const contracts::MessagePage page =
            co_await node.chat().list_after(who, chat, after, page_items);
        for (const contracts::Message& message : page.items) {
            if (!co_await replay(state, node, message)) {
                co_return;
            }
        }
        if (state->subscription == nullptr) {
            co_return;
        }
        Subscription& subscription = *state->subscription;
        const bool has_all = subscription.last_seq >= page.head_seq;
        if (has_all && subscription.last_seq >= subscription.room->last_seq()) {
            finish(*state, node);
            co_return;
        }
        if (subscription.last_seq > after) {
            continue;
        }
        if (++behind == behind_max) {
            skip(subscription, node);
            finish(*state, node);
            co_return;
        }
        co_await node.loop().sleep_for(behind_pause);
    }
}

Task<void> catch_up(std::shared_ptr<CatchUp> state, Node& node, Identity who) {
    std::optional<Failure> failed;
    try {
        co_await replay_all(state, node, who);
    } catch (const Failure& failure) {
        failed = failure;
    }
    if (failed && state->subscription != nullptr) {
        state->subscription->connection->fail(*failed, "");
    }
}

}  // namespace

void Node::start_catch_up(Subscription& subscription) {
    start(catch_up(subscription.catch_up, *this, subscription.connection->session().identity()));
}

}  // namespace loquat::realtime
