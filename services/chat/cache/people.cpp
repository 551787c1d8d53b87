#include "services/chat/cache/people.hpp"

#include <algorithm>

#include "aio/yield.hpp"
#include "contracts/chat/records.hpp"

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
        co_await aio::yield();
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

void put_name(contracts::Sender& sender, const contracts::PublicUser& user) {
    sender.username = user.username;
    sender.display_name = user.display_name;
    sender.name_shared = user.name_shared;
}

}  // namespace

// Those whose names are to be had; nobody while the directory cannot be reached.
Task<People::Found> People::find_known(std::vector<UserId> users) {
    std::ranges::sort(users);
    const auto repeats = std::ranges::unique(users);
    users.erase(repeats.begin(), repeats.end());
    Found found;
    try {
        found = co_await find_all(std::move(users));
    } catch (const Failure&) {
        found.clear();
    }
    co_return found;
}

Task<std::vector<contracts::StoredMessage>> People::with_present_names(
    std::vector<contracts::StoredMessage> messages) {
    std::vector<UserId> senders;
    for (const contracts::StoredMessage& message : messages) {
        if (message.sender.kind == contracts::ParticipantKind::person) {
            senders.push_back(message.sender.id);
        }
    }
    const Found found = co_await find_known(std::move(senders));
    for (contracts::StoredMessage& message : messages) {
        if (const auto at = found.find(message.sender.id); at != found.end()) {
            put_name(message.sender, at->second);
        }
    }
    co_return messages;
}

Task<contracts::Sender> People::with_present_name(contracts::Sender sender) {
    if (sender.kind != contracts::ParticipantKind::person) {
        co_return sender;
    }
    std::vector<UserId> one{sender.id};
    const Found found = co_await find_known(std::move(one));
    if (const auto at = found.find(sender.id); at != found.end()) {
        put_name(sender, at->second);
    }
    co_return sender;
}

Task<std::vector<contracts::Message>> People::show_all(
    std::vector<contracts::StoredMessage> messages) {
    messages = co_await with_present_names(std::move(messages));
    std::vector<contracts::Message> shown;
    shown.reserve(messages.size());
    for (contracts::StoredMessage& message : messages) {
        shown.push_back(contracts::to_message(std::move(message)));
    }
    co_return shown;
}

Task<contracts::Message> People::show(contracts::StoredMessage message) {
    message.sender = co_await with_present_name(std::move(message.sender));
    co_return contracts::to_message(std::move(message));
}

Task<contracts::Message> People::show_again(contracts::Message message) {
    if (message.sender.kind != contracts::ParticipantKind::person) {
        co_return message;
    }
    std::vector<UserId> one{message.sender.id};
    const Found found = co_await find_known(std::move(one));
    if (const auto at = found.find(message.sender.id); at != found.end()) {
        put_name(message.sender, at->second);
    }
    co_return message;
}

contracts::Message People::show_known(contracts::StoredMessage message) {
    const bool is_person = message.sender.kind == contracts::ParticipantKind::person;
    const contracts::PublicUser* known = is_person ? peek(message.sender.id) : nullptr;
    if (known != nullptr) {
        put_name(message.sender, *known);
    }
    return contracts::to_message(std::move(message));
}

contracts::Message People::show_known(const contracts::MessageRecord& record) {
    contracts::Message message = contracts::to_message(record);
    const bool is_person = record.sender.kind == contracts::ParticipantKind::person;
    const contracts::PublicUser* known = is_person ? peek(record.sender.id) : nullptr;
    if (known != nullptr) {
        put_name(message.sender, *known);
    }
    return message;
}

void People::note(const contracts::PublicUser& user) {
    cache_.put(user.id, {.user = user, .fetched_at = clock_.steady(), .is_told = true});
}

}  // namespace loquat::chat
