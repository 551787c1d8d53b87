#include "base/text.hpp"
#include "services/realtime/domain/resync.hpp"
#include "services/realtime/rooms/catch_up.hpp"
#include "services/realtime/stomp/session.hpp"

namespace loquat::realtime {

using net::stomp::Version;

namespace {

constexpr int checks_max = 3;

AckMode parse_ack_mode(std::string_view text) {
    if (text.empty() || text == "auto") {
        return AckMode::automatic;
    }
    if (text == "client") {
        return AckMode::client;
    }
    if (text == "client-individual") {
        return AckMode::client_individual;
    }
    throw Failure{Kind::malformed, "stomp.malformed",
                  "ack must be auto, client or client-individual."};
}

std::optional<std::int64_t> parse_last_seq(const net::stomp::Frame& frame) {
    const auto text = frame.find("last-seq");
    if (!text) {
        return std::nullopt;
    }
    const auto seq = parse_number(*text);
    if (!seq || *seq > INT64_MAX) {
        throw invalid_field("last-seq", "number", "must be a whole number from 0 on");
    }
    return static_cast<std::int64_t>(*seq);
}

}  // namespace

Call Session::subscribe() {
    const Frame& frame = work_->frame;
    const auto destination = frame.find("destination");
    if (!destination) {
        throw Failure{Kind::malformed, "stomp.missing_header", "SUBSCRIBE needs a destination."};
    }
    const bool is_first_version = wire_.shape().version == Version::v1_0;
    const auto id = frame.find("id");
    if (!id && !is_first_version) {
        throw Failure{Kind::malformed, "stomp.missing_header", "SUBSCRIBE needs an id."};
    }
    Address address{std::string{id.value_or(*destination)}, std::string{*destination},
                    parse_ack_mode(frame.get_or_empty("ack")), wire_.shape(), 0};
    if (find_subscription(address.id)) {
        throw Failure{Kind::conflict, "stomp.duplicate_subscription",
                      "This subscription id is in use."};
    }
    if (subscriptions_.size() >= parts_.config.subscriptions_max) {
        throw Failure{Kind::limited, "stomp.subscription_limit", "Too many subscriptions."};
    }
    const auto after = parse_last_seq(frame);
    const FeedTarget target = parse_feed(*destination);
    if (target.feed != Feed::room) {
        follow_feed(target.feed, std::move(address));
        return FollowQueue{identity_, target.feed};
    }
    auto& what = work_->what.emplace<FrameWork::Subscribe>();
    what.address = std::move(address);
    what.after = after;
    what.hold = std::make_unique<RoomHold>(parts_.rooms, target.chat);
    return ask_room(what);
}

Call Session::ask_room(FrameWork::Subscribe& what) {
    if (what.checks++ == checks_max) {
        throw Failure{Kind::unavailable, "upstream.unavailable",
                      "The conversation is changing; try again."};
    }
    const Room& room = what.hold->room();
    what.removals = room.removals();
    return CheckSubscription{identity_, room.id()};
}

// The chat service's word.  When somebody was removed while it was on its way, it may be outdated.
void Session::on_allowed(const contracts::Subscribable& allowed) {
    auto& what = std::get<FrameWork::Subscribe>(work_->what);
    Room& room = what.hold->room();
    if (what.removals == room.removals()) {
        follow_room(room, std::move(what.address), allowed, what.after);
    } else {
        work_->is_done = false;
    }
}

void Session::follow_room(Room& room, Address address, const contracts::Subscribable& allowed,
                          std::optional<std::int64_t> after) {
    const std::int64_t head = allowed.head_seq;
    room.learn_head(head);
    auto made = std::make_unique<StompSubscription>();
    StompSubscription& subscription = *made;
    subscription.reader = this;
    subscription.feed = Feed::room;
    subscriptions_.push_back(std::move(made));
    subscription.state = FollowState::lagging;
    subscription.pace.on_replay_begun();
    room.attach(subscription, std::move(address));
    const std::int64_t known = std::max(head, room.last_seq());
    if (!after || *after >= known) {
        subscription.last_seq = head;
        room.give_generations(subscription, allowed.generations);
        begin_following(subscription);
        return;
    }
    if (known - *after > parts_.config.backlog_max) {
        const std::string body = resync_event(*after + 1, known);
        give(subscription, {body, 0, parts_.maker.next_number(), true});
        subscription.last_seq = known;
        room.give_generations(subscription, allowed.generations);
        begin_following(subscription);
        return;
    }
    subscription.last_seq = *after;
    const auto catch_up =
        std::make_shared<CatchUp>(subscription, parts_.maker, parts_.rooms.parts().runs);
    subscription.catch_up = catch_up;
    awaits_drain_ = true;
    room.begin_catch_up(subscription);
    room.give_generations(subscription, allowed.generations);
    catch_up->start();
}

void Session::follow_feed(Feed feed, Address address) {
    auto made = std::make_unique<StompSubscription>();
    made->reader = this;
    made->feed = feed;
    made->own = parts_.addresses.hold(std::move(address));
    subscriptions_.push_back(std::move(made));
}

void Session::unsubscribe(const Frame& frame) {
    auto id = frame.find("id");
    if (!id && wire_.shape().version == Version::v1_0) {
        id = frame.find("destination");
    }
    if (!id) {
        throw Failure{Kind::malformed, "stomp.missing_header", "UNSUBSCRIBE needs an id."};
    }
    const auto index = find_subscription(*id);
    if (!index && taken_away_ && std::ranges::find(*taken_away_, *id) != taken_away_->end()) {
        std::erase(*taken_away_, *id);  // the client could not know yet
        return;
    }
    if (!index) {
        throw Failure{Kind::not_found, "stomp.unknown_subscription",
                      "There is no subscription with this id."};
    }
    remove(*index);
}

void Session::remove(std::size_t index) {
    const std::unique_ptr<StompSubscription> subscription = std::move(subscriptions_[index]);
    subscriptions_.erase(subscriptions_.begin() + static_cast<std::ptrdiff_t>(index));
    if (subscription->group != nullptr) {
        subscription->group->flush();  // what was made ready before this goes before it
    }
    if (!ended_ && subscription->last_given > 0) {
        if (!ended_subscriptions_) {
            ended_subscriptions_ = std::make_unique<EndedSubscriptions>();
        }
        ended_subscriptions_->note(*subscription);
    }
    if (subscription->catch_up) {
        subscription->catch_up->end();
    }
    if (subscription->room) {
        subscription->room->detach(*subscription);
        parts_.rooms.close_if_unused(*subscription->room);
    }
    if (subscription->feed == Feed::presence && !ended_) {
        wire_.on_looks_changed();
    }
}

bool Session::listens_to(Feed feed) const {
    return std::ranges::any_of(subscriptions_, [&](const auto& one) { return one->feed == feed; });
}

std::optional<std::size_t> Session::find_subscription(std::string_view id) const {
    for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
        if (subscriptions_[i]->address().id == id) {
            return i;
        }
    }
    return std::nullopt;
}

void Session::end_room_subscriptions(const Room& room) {
    for (std::size_t i = subscriptions_.size(); i-- > 0;) {
        if (subscriptions_[i]->room.get() == &room) {
            note_taken_away(subscriptions_[i]->address().id);
            remove(i);
        }
    }
}

void Session::note_taken_away(const std::string& id) {
    constexpr std::size_t remembered_max = 16;
    if (!taken_away_) {
        taken_away_ = std::make_unique<std::deque<std::string>>();
    }
    if (taken_away_->size() == remembered_max) {
        taken_away_->pop_front();
    }
    taken_away_->push_back(id);
}

void Session::give_feed(Feed feed, std::string_view body) {
    SharedEvents events{parts_.maker, {&body, 1}};
    give_feed(feed, events);
}

void Session::give_feed(Feed feed, SharedEvents& events) {
    for (const auto& subscription : subscriptions_) {
        if (subscription->feed != feed) {
            continue;
        }
        if (subscription->state == FollowState::lagging) {
            subscription->has_lost = true;
            continue;
        }
        give(*subscription, events.batch_for(subscription->address()));
    }
}

}  // namespace loquat::realtime
