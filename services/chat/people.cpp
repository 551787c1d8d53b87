#include "services/chat/people.hpp"

#include <algorithm>

#include "services/chat/turns.hpp"

namespace loquat::chat {

bool People::is_fresh(const Entry& entry) const {
    return entry.fetched_at >= trusted_since_ &&
           clock_.steady() - entry.fetched_at <= limits_.fresh_for;
}

const contracts::PublicUser* People::peek(const UserId& user) {
    Entry* entry = cache_.find(user);
    if (entry == nullptr) {
        return nullptr;
    }
    if (!entry->is_asked_for && !is_fresh(*entry)) {
        entry->is_asked_for = true;
        join_batch({user});
    }
    return &entry->user;
}

Task<People::Found> People::find_all(std::vector<UserId> users) {
    Found found;
    Found old;
    std::vector<UserId> missing;
    for (const UserId& user : users) {
        const Entry* entry = cache_.find(user);
        if (entry != nullptr) {
            (is_fresh(*entry) ? found : old).emplace(user, entry->user);
        }
        if (entry == nullptr || !is_fresh(*entry)) {
            missing.push_back(user);
        }
    }
    std::exception_ptr error;
    try {
        co_await fetch(missing, found);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        const bool all_known = std::ranges::all_of(missing, [&](const UserId& user) {
            return found.contains(user) || old.contains(user);
        });
        if (!all_known) {
            std::rethrow_exception(error);
        }
        found.merge(old);
    }
    co_return found;
}

Task<std::optional<contracts::PublicUser>> People::find(UserId user) {
    std::vector<UserId> one{user};
    Found found = co_await find_all(std::move(one));
    const auto at = found.find(user);
    co_return at != found.end() ? std::optional{std::move(at->second)} : std::nullopt;
}

Task<void> People::fetch(std::vector<UserId> users, Found& found) {
    for (std::size_t at = 0; at < users.size(); at += Directory::ids_max) {
        const std::size_t count = std::min(users.size() - at, Directory::ids_max);
        const auto first = users.begin() + static_cast<std::ptrdiff_t>(at);
        const std::vector<UserId> part{first, first + static_cast<std::ptrdiff_t>(count)};
        const auto batch = join_batch(part);
        if (!batch->is_done) {
            auto mine = std::make_shared<aio::Signal>();
            batch->waiting.push_back(mine);
            co_await mine->wait();
        }
        if (batch->error) {
            std::rethrow_exception(batch->error);
        }
        for (const UserId& user : part) {
            if (const auto got = batch->found.find(user); got != batch->found.end()) {
                found.insert_or_assign(user, got->second);
            }
        }
    }
}

std::shared_ptr<People::Batch> People::join_batch(const std::vector<UserId>& users) {
    if (!open_batch_ || open_batch_->users.size() + users.size() > Directory::ids_max) {
        open_batch_ = std::make_shared<Batch>();
        scope_.start(run_batch(open_batch_));
    }
    open_batch_->users.insert(open_batch_->users.end(), users.begin(), users.end());
    return open_batch_;
}

Task<void> People::run_batch(std::shared_ptr<Batch> batch) {
    try {
        co_await yield();
        if (open_batch_ == batch) {
            open_batch_ = nullptr;
        }
        std::ranges::sort(batch->users);
        const auto repeats = std::ranges::unique(batch->users);
        batch->users.erase(repeats.begin(), repeats.end());
        batch->asked_at = clock_.steady();
        auto users = co_await directory_.list_users(batch->users);
        for (contracts::PublicUser& user : users) {
            Entry* told = cache_.find(user.id);
            if (told != nullptr && told->is_told && told->fetched_at >= batch->asked_at) {
                user = told->user;
            } else {
                cache_.put(user.id, {.user = user, .fetched_at = clock_.steady()});
            }
            batch->found.emplace(user.id, std::move(user));
        }
    } catch (...) {
        batch->error = std::current_exception();
        for (const UserId& user : batch->users) {
            if (Entry* entry = cache_.find(user)) {
                entry->is_asked_for = false;
            }
        }
    }
    batch->is_done = true;
    for (const auto& waiting : batch->waiting) {
        waiting->set();
    }
}

namespace {

void put_name(contracts::Message& message, const contracts::PublicUser& user) {
    message.sender.username = user.username;
    message.sender.display_name = user.display_name;
    message.sender.name_shared = user.name_shared;
}

}  // namespace

void People::put_known_name(contracts::Message& message) {
    if (message.sender.kind != contracts::ParticipantKind::person) {
        return;
    }
    if (const contracts::PublicUser* known = peek(message.sender.id)) {
        put_name(message, *known);
    }
}

Task<std::vector<contracts::Message>> People::with_present_names(
    std::vector<contracts::Message> messages) {
    std::vector<UserId> senders;
    for (const contracts::Message& message : messages) {
        if (message.sender.kind == contracts::ParticipantKind::person) {
            senders.push_back(message.sender.id);
        }
    }
    std::ranges::sort(senders);
    const auto repeats = std::ranges::unique(senders);
    senders.erase(repeats.begin(), repeats.end());
    Found found;
    try {
        found = co_await find_all(std::move(senders));
    } catch (const Failure&) {
        found.clear();
    }
    for (contracts::Message& message : messages) {
        if (const auto at = found.find(message.sender.id); at != found.end()) {
            put_name(message, at->second);
        }
    }
    co_return messages;
}

Task<contracts::Message> People::with_present_name(contracts::Message message) {
    std::vector<contracts::Message> one;
    one.push_back(std::move(message));
    one = co_await with_present_names(std::move(one));
    co_return std::move(one.front());
}

void People::note(const contracts::PublicUser& user) {
    cache_.put(user.id, {.user = user, .fetched_at = clock_.steady(), .is_told = true});
}

}  // namespace loquat::chat
