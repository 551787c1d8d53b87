#include "services/realtime/room.hpp"

#include "contracts/events.hpp"
#include "services/realtime/connection.hpp"
#include "services/realtime/node.hpp"

namespace loquat::realtime {
namespace {

constexpr std::size_t pending_max = 4096;
constexpr std::size_t held_max = 1024;
constexpr std::size_t batch_bytes_max = 64 * 1024;

bool is_change(std::string_view type) {
    return type == "message_edited" || type == "message_deleted";
}

}  // namespace

std::string resync_event(std::int64_t from_seq, std::int64_t to_seq, Torn torn) {
    return R"({"type":"resync","from_seq":)" + std::to_string(from_seq) + R"(,"to_seq":)" +
           std::to_string(to_seq) + (torn == Torn::generations ? R"(,"generations":true})" : "}");
}

Room::Room(Node& node, ChatId id) : node_(node), id_(id) {
    broadcast_ = node.broadcast().subscribe(
        store::room_topic(id), [this](store::Notice notice, const store::Payload& payload) {
            on_notice(notice, payload);
        });
}

Room::~Room() = default;

void Room::learn_head(std::int64_t head) {
    if (last_seq_ >= 0) {
        return;
    }
    last_seq_ = head;
    replay_pending();
}

Group& Room::group_of(Address address) {
    for (const auto& group : groups_) {
        if (group->address() == address) {
            return *group;
        }
    }
    address.serial = node_.next_serial();
    groups_.push_back(std::make_unique<Group>(std::move(address)));
    return *groups_.back();
}

void Room::attach(Subscription& subscription, Address address) {
    Group& group = group_of(std::move(address));
    subscription.group = &group;
    subscription.room = shared_from_this();
    ++group.users;
    ++subscriptions_;
}

void Room::place(Subscription& subscription) {
    if (std::exchange(awaits_reader_, false)) {
        has_lost_ = true;
    }
    if (subscription.last_seq > last_seq_ || subscription.known) {
        subscription.state = FollowState::ahead;
        subscription.index = static_cast<std::uint32_t>(apart_.size());
        apart_.push_back(&subscription);
    } else {
        // What its group has ready was made before it came.
        node_.flush_group(*subscription.group);
        subscription.state = FollowState::live;
        subscription.group->join(subscription);
    }
    if (has_lost_ && last_seq_ >= 0) {
        start_filling();
    }
}

void Room::begin_catch_up(Subscription& subscription) {
    subscription.state = FollowState::catching_up;
    subscription.index = static_cast<std::uint32_t>(apart_.size());
    apart_.push_back(&subscription);
}

void Room::leave_lists(Subscription& subscription) {
    if (subscription.state == FollowState::live) {
        node_.flush_group(*subscription.group);
        subscription.group->leave(subscription);
    } else if (subscription.state != FollowState::lagging) {
        Subscription* last = apart_.back();
        apart_[subscription.index] = last;
        last->index = subscription.index;
        apart_.pop_back();
    }
}

void Room::suspend(Subscription& subscription) {
    leave_lists(subscription);
    subscription.state = FollowState::lagging;
}

void Room::detach(Subscription& subscription) {
    leave_lists(subscription);
    subscription.state = FollowState::lagging;
    Group* group = std::exchange(subscription.group, nullptr);
    --subscriptions_;
    if (--group->users == 0) {
        node_.forget_group(*group);
        std::erase_if(groups_, [&](const auto& one) { return one.get() == group; });
    }
}

void Room::on_notice(store::Notice notice, const store::Payload& payload) {
    const auto self = shared_from_this();  // the last subscription may end within
    if (notice == store::Notice::lost) {
        has_lost_ = true;
        if (last_seq_ >= 0) {
            tell_torn();
            start_filling();
        }
        return;
    }
    if (auto event = store::decode_room_event(*payload)) {
        take(std::move(*event));
    }
}

void Room::take(store::RoomEvent event) {
    if (last_seq_ < 0 || is_filling_) {
        keep_pending(std::move(event));
        return;
    }
    if (event.seq > last_seq_ + 1) {
        keep_pending(std::move(event));
        start_filling();
        return;
    }
    if (event.seq > 0 && event.seq <= last_seq_) {
        return;
    }
    last_seq_ = std::max(last_seq_, event.seq);
    show(event);
}

void Room::keep_pending(store::RoomEvent event) {
    if (pending_.size() >= pending_max) {
        pending_.clear();
        has_lost_ = true;
    }
    pending_.push_back(std::move(event));
}

void Room::show(const store::RoomEvent& event) {
    std::optional<GenerationMark> mark;
    if (event.type == generation_type) {
        mark = read_generation_mark(event.body);
        if (!mark || !note_generation(*mark, event)) {
            return;
        }
    }
    const Event shown{event.body, event.seq, node_.next_number(), is_change(event.type),
                      mark.has_value()};
    changes_ += shown.is_change ? 1 : 0;
    show_to_groups(shown);
    show_apart(event, shown, mark ? &*mark : nullptr);
}

void Room::show_to_groups(const Event& shown) {
    for (const auto& group : groups_) {
        if (!group->has_members()) {
            continue;
        }
        group->add_event(node_.maker(), shown);
        node_.note_dirty(*group);
        if (group->batch_bytes() > batch_bytes_max) {
            node_.flush_group(*group);
        }
    }
}

void Room::show_apart(const store::RoomEvent& event, const Event& shown,
                      const GenerationMark* mark) {
    const std::vector<Subscription*> apart = apart_;
    for (Subscription* subscription : apart) {
        const bool has_it = mark != nullptr && is_in_snapshot(*subscription, *mark);
        if (subscription->state == FollowState::catching_up) {
            if (!has_it) {
                hold_back(*subscription, event);
            }
            continue;
        }
        if (!has_it && (event.seq == 0 || event.seq > subscription->last_seq)) {
            subscription->connection->give(*subscription, shown);
        }
        join_if_level(*subscription);
    }
}

void Room::join_if_level(Subscription& subscription) {
    if (subscription.state == FollowState::ahead && last_seq_ >= subscription.last_seq &&
        !subscription.known) {
        leave_lists(subscription);
        place(subscription);
    }
}

void Room::hold_back(Subscription& subscription, const store::RoomEvent& event) {
    CatchUp& catch_up = *subscription.catch_up;
    if (event.seq > 0 || event.type == "typing") {
        return;  // the replay brings messages; nobody types in the past
    }
    if (catch_up.held.size() >= held_max) {
        catch_up.held.clear();
        catch_up.has_lost = true;
    }
    catch_up.held.push_back(event);
}

void Room::end_subscriptions_of(const UserId& user) {
    ++removals_;
    node_.end_room_subscriptions(user, *this);
}

}  // namespace loquat::realtime
