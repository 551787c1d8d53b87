#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "base/clock.hpp"
#include "base/lru_cache.hpp"
#include "services/chat/ports.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// Names of people, kept for a while.  Questions of one turn of the loop go to the directory
// together.
class People {
  public:
    using Found = std::unordered_map<UserId, contracts::PublicUser>;

    struct Limits {
        std::chrono::milliseconds fresh_for;
        std::size_t people_max;
    };

    People(aio::Loop& loop, Directory& directory, const Clock& clock, Limits limits)
        : directory_(directory),
          clock_(clock),
          limits_(limits),
          cache_(limits.people_max),
          scope_(loop, "chat.people") {}

    // At once, from memory; nullptr when unknown.  One that is not fresh is asked for in the
    // background. Good until the next co_await.
    const contracts::PublicUser* peek(const UserId& user);
    // Those that exist, fresh.  When the directory cannot be reached, those that are known however
    // old; fails as Directory when one of `users` is not.
    Task<Found> find_all(std::vector<UserId> users);
    Task<std::optional<contracts::PublicUser>> find(UserId user);

    // The name that somebody has now stands in messages however old: no message leaves the service
    // but by one of these.  Where it is not known and cannot be asked for, the name of then.
    Task<std::vector<contracts::Message>> show_all(std::vector<contracts::StoredMessage> messages);
    Task<contracts::Message> show(contracts::StoredMessage message);
    // One that was shown a while ago.
    Task<contracts::Message> show_again(contracts::Message message);
    // At once, with the names that are in memory.
    contracts::Message show_known(contracts::StoredMessage message);
    contracts::Message show_known(const contracts::MessageRecord& record);
    // For who reads them inside.
    Task<std::vector<contracts::StoredMessage>> with_present_names(
        std::vector<contracts::StoredMessage> messages);
    // Who wrote, as they are called now.
    Task<contracts::Sender> with_present_name(contracts::Sender sender);

    // What the directory told by itself: truer than any answer that is still on its way.
    void note(const contracts::PublicUser& user);
    // Something may have been told that was not heard.
    void distrust() { trusted_since_ = clock_.steady(); }

    std::size_t size() const { return cache_.size(); }

    Task<void> close() { co_await scope_.close(); }

  private:
    struct Entry {
        contracts::PublicUser user;
        Steady fetched_at{};
        bool is_asked_for = false;
        bool is_told = false;  // by `note`
    };
    struct Batch {
        std::vector<UserId> users;
        Steady asked_at{};
        Found found;
        std::exception_ptr error;
        bool is_done = false;
        std::vector<std::shared_ptr<aio::Signal>> waiting;
    };

    bool is_fresh(const Entry& entry) const;
    std::shared_ptr<Batch> join_batch(const std::vector<UserId>& users);
    Task<void> run_batch(std::shared_ptr<Batch> batch);
    Task<void> fetch(std::vector<UserId> users, Found& found);
    Task<Found> find_known(std::vector<UserId> users);

    Directory& directory_;
    const Clock& clock_;
    Limits limits_;
    LruCache<UserId, Entry> cache_;
    Steady trusted_since_{};             // older entries are not fresh
    std::shared_ptr<Batch> open_batch_;  // has not left yet
    aio::Scope scope_;
};

}  // namespace loquat::chat
