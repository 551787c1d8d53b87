#include "aio/scope.hpp"
#include "base/log.hpp"
#include "services/realtime/domain/resync.hpp"
#include "services/realtime/people/places.hpp"

// How lists of conversations are read: once for whoever opens theirs, and again after a loss.
namespace loquat::realtime {
namespace {

constexpr int loads_max = 3;
constexpr std::chrono::seconds pause_after_failure{2};

}  // namespace

Places::Person* Places::find_person(const Wanted& wanted) {
    const auto found = people_.find(wanted.user);
    return found != people_.end() && found->second.number == wanted.number ? &found->second
                                                                           : nullptr;
}

Task<void> Places::load_first(Wanted wanted) {
    const bool is_done = co_await load(wanted);
    // The person's next subscription asks again.
    if (!is_done && find_person(wanted) != nullptr) {
        forget(wanted.user);
    }
}

void Places::ask_again(Wanted wanted) {
    wanted_.push_back(wanted);
    if (rereads_ < rereads_max) {
        ++rereads_;
        edge_.tasks.start(reread());
    }
}

Task<void> Places::reread() {
    while (!wanted_.empty()) {
        const Wanted wanted = wanted_.front();
        wanted_.pop_front();
        const bool is_done = co_await load(wanted);
        if (!is_done) {
            edge_.tasks.start(ask_later(wanted));
        }
    }
    --rereads_;
}

Task<void> Places::ask_later(Wanted wanted) {
    co_await edge_.loop.sleep_for(pause_after_failure);
    ask_again(wanted);
}

Task<bool> Places::load(Wanted wanted) {
    std::exception_ptr error;
    bool is_done = false;
    try {
        for (int i = 0; i < loads_max && !is_done; ++i) {
            is_done = co_await try_load(wanted);
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error && aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    }
    if (!is_done) {
        log_warn({.service = "realtime"}, "a list of conversations could not be read",
                 {{"error", error ? aio::describe(error) : "it keeps changing"}});
    }
    co_return is_done;
}

Task<bool> Places::try_load(Wanted wanted) {
    const UserId user = wanted.user;
    Person* person = find_person(wanted);
    if (person == nullptr) {
        co_return true;
    }
    co_await hear(wanted);
    person = find_person(wanted);
    if (person == nullptr) {
        co_return true;
    }
    person->is_stale = false;
    person->taken_away.clear();
    const Identity who = person->who;
    const auto places = co_await edge_.chat.list_places(who);
    person = find_person(wanted);
    if (person == nullptr) {
        co_return true;
    }
    if (person->is_stale) {
        co_return false;
    }
    bool is_heard_soon = false;
    for (const contracts::ChatPlace& place : places.items) {
        if (!person->taken_away.contains(place.id)) {
            is_heard_soon = add(user, place) || is_heard_soon;
        }
    }
    if (is_heard_soon) {
        co_return false;
    }
    person->taken_away.clear();
    person->is_new = false;
    person->is_loading = false;
    for (const auto& waiting : std::exchange(person->waiting, {})) {
        waiting->set();
    }
    if (std::exchange(person->has_missed, false)) {
        everybody_.give(user, Feed::chats, resync_event(0, 0));
    }
    co_return true;
}

Task<void> Places::hear(Wanted wanted) {
    if (edge_.hearing == Hearing::certain) {
        co_return;
    }
    const Person* person = find_person(wanted);
    const std::vector<ChatId> chats = person->chats;
    co_await edge_.broadcast.settle();
    for (const ChatId& chat : chats) {
        if (const auto place = places_.find(chat); place != places_.end()) {
            place->second.is_heard = true;
        }
    }
}

}  // namespace loquat::realtime
