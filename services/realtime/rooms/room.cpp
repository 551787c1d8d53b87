#include "services/realtime/rooms/room.hpp"

#include "services/realtime/rooms/catch_up.hpp"

namespace loquat::realtime {
namespace {

constexpr std::size_t pending_max = 4096;
constexpr std::size_t batch_bytes_max = 64 * 1024;

bool is_change(std::string_view type) {
    return type == "message_edited" || type == "message_deleted";
}

}  // namespace

Room::Room(const Parts& parts, ChatId id) : parts_(parts), id_(id) {}

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
    address.serial = parts_.addresses.next_serial();
    groups_.push_back(std::make_unique<Group>(std::move(address), parts_.counts));
    return *groups_.back();
}

void Room::attach(StompSubscription& subscription, Address address) {
    Group& group = group_of(std::move(address));
    subscription.group = &group;
    subscription.room = shared_from_this();
    ++group.users;
    ++subscriptions_;
}

void Room::place(StompSubscription& subscription) {
    if (std::exchange(awaits_reader_, false)) {
        has_lost_ = true;
    }
    if (subscription.last_seq > last_seq_ || subscription.known) {
        subscription.state = FollowState::ahead;
        subscription.index = static_cast<std::uint32_t>(apart_.size());
        apart_.push_back(&subscription);
    } else {
        // What its group has ready was made before it came.
        subscription.group->flush();
        subscription.state = FollowState::live;
        subscription.group->join(subscription);
    }
    if (has_lost_ && last_seq_ >= 0) {
        start_filling();
    }
}

void Room::begin_catch_up(StompSubscription& subscription) {
    subscription.state = FollowState::catching_up;
    subscription.index = static_cast<std::uint32_t>(apart_.size());
    apart_.push_back(&subscription);
}

void Room::leave_lists(StompSubscription& subscription) {
    if (subscription.state == FollowState::live) {
        // What it was still to be given may fill its window, and take it out of the group.
        subscription.group->flush();
    }
    if (subscription.state == FollowState::live) {
        subscription.group->leave(subscription);
    } else if (subscription.state != FollowState::lagging) {
        StompSubscription* last = apart_.back();
        apart_[subscription.index] = last;
        last->index = subscription.index;
        apart_.pop_back();
    }
}

void Room::suspend(StompSubscription& subscription) {
    leave_lists(subscription);
    subscription.state = FollowState::lagging;
}

void Room::detach(StompSubscription& subscription) {
    leave_lists(subscription);
    subscription.state = FollowState::lagging;
    Group* group = std::exchange(subscription.group, nullptr);
    --subscriptions_;
    if (--group->users == 0) {
        parts_.flushes.remove(*group);
        std::erase_if(groups_, [&](const auto& one) { return one.get() == group; });
    }
}

void Room::on_told(std::optional<contracts::RoomEvent> event) {
    const auto self = shared_from_this();  // the last subscription may end within
    if (event) {
        take(*std::move(event));
        return;
    }
    note_lost();
    if (last_seq_ >= 0) {
        start_filling();
    }
}

void Room::take(contracts::RoomEvent event) {
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

void Room::keep_pending(contracts::RoomEvent event) {
    if (pending_.size() >= pending_max) {
        pending_.clear();
        note_lost();
    }
    pending_.push_back(std::move(event));
}

void Room::show(const contracts::RoomEvent& event) {
    std::optional<GenerationMark> mark;
    if (!event.stream.empty()) {
        mark = GenerationMark{event.stream, event.number, event.ends};
        if (!note_generation(*mark, event)) {
            return;
        }
    }
    const Event shown{event.body, event.seq, parts_.maker.next_number(), is_change(event.type),
                      mark.has_value()};
    changes_ += shown.is_change ? 1 : 0;
    show_to_groups(shown);
    show_apart(event, shown, mark ? &*mark : nullptr);
}

void Room::tell_resync(std::int64_t from, Torn torn) {
    const contracts::RoomEvent event{"resync", 0, {}, resync_event(from, last_seq_, torn)};
    const Event shown{event.body, 0, parts_.maker.next_number(), true, torn == Torn::generations};
    show_to_groups(shown);
    show_apart(event, shown, nullptr);
}

void Room::note_lost() {
    has_lost_ = true;
    forget_generations();
    if (last_seq_ >= 0) {
        ++changes_;
        tell_resync(1, Torn::generations);
    }
}

void Room::show_to_groups(const Event& shown) {
    for (const auto& group : groups_) {
        if (!group->has_members()) {
            continue;
        }
        group->add_event(parts_.maker, shown);
        parts_.flushes.add(*group);
        if (group->batch_bytes() > batch_bytes_max) {
            group->flush();
        }
    }
}

void Room::show_apart(const contracts::RoomEvent& event, const Event& shown,
                      const GenerationMark* mark) {
    const std::vector<StompSubscription*> apart = apart_;
    for (StompSubscription* subscription : apart) {
        const bool has_it = mark != nullptr && is_in_snapshot(*subscription, *mark);
        if (subscription->state == FollowState::catching_up) {
            // The replay brings messages; nobody types in the past.
            if (!has_it && event.seq == 0 && event.type != "typing") {
                subscription->catch_up->hold_back(event);
            }
            continue;
        }
        if (!has_it && (event.seq == 0 || event.seq > subscription->last_seq)) {
            subscription->reader->give(*subscription, shown);
        }
        join_if_level(*subscription);
    }
}

void Room::join_if_level(StompSubscription& subscription) {
    if (subscription.state == FollowState::ahead && last_seq_ >= subscription.last_seq &&
        !subscription.known) {
        leave_lists(subscription);
        place(subscription);
    }
}

}  // namespace loquat::realtime
