#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.hpp"
#include "services/consumer/ports.hpp"
#include "store/tests/position_double.hpp"

namespace loquat::consumer {

// A store that fails when told to: before it applied anything, or after it applied all.
class FaultyMessages final : public store::PositionDouble<MessageStore> {
  public:
    explicit FaultyMessages(MessageStore& inner) : PositionDouble(inner), inner_(inner) {}

    int fail_before = 0;
    int fail_after = 0;
    bool is_at_server = false;
    std::function<void()> on_apply = [] {};
    // The code with which it refuses a batch for good; empty for one that it takes.
    std::function<std::string(const MessageBatch& batch)> refuses;

    Task<std::vector<contracts::Outcome>> apply_batch(MessageBatch batch) override {
        on_apply();
        fail_if(fail_before);
        if (const std::string code = refuses ? refuses(batch) : std::string{}; !code.empty()) {
            throw Failure{Kind::internal, code, "Refused.", "told to"};
        }
        auto outcomes = co_await inner_.apply_batch(std::move(batch));
        fail_if(fail_after);
        co_return outcomes;
    }
    bool may_be_away() const override { return is_at_server; }
    Task<store::Progress> stored() override { return inner_.stored(); }
    Task<std::optional<contracts::StoredMessage>> find_by_id(MessageId id) override {
        co_return co_await inner_.find_by_id(id);
    }
    Task<std::optional<contracts::StoredMessage>> find_by_client_id(
        ChatId chat, UserId sender, std::string client_id) override {
        co_return co_await inner_.find_by_client_id(chat, sender, std::move(client_id));
    }
    Task<std::optional<contracts::Outcome>> find_repeat(ChatId chat, UserId sender,
                                                        std::string client_id,
                                                        std::int64_t sum) override {
        co_return co_await inner_.find_repeat(chat, sender, std::move(client_id), sum);
    }
    Task<store::Page> page(store::PageQuery query) override {
        co_return co_await inner_.page(query);
    }
    Task<std::vector<store::Head>> heads(std::vector<ChatId> chats) override {
        co_return co_await inner_.heads(std::move(chats));
    }
    Task<std::vector<std::vector<std::int64_t>>> list_deleted(std::vector<ChatId> chats) override {
        co_return co_await inner_.list_deleted(std::move(chats));
    }
    Task<std::vector<std::vector<std::int64_t>>> list_mentions(
        std::vector<store::MentionQuery> queries) override {
        co_return co_await inner_.list_mentions(std::move(queries));
    }
    Task<store::Scanned> scan_sender(UserId sender, store::ScanPlace after) override {
        co_return co_await inner_.scan_sender(sender, after);
    }

  private:
    static void fail_if(int& times) {
        if (times > 0) {
            --times;
            throw Failure{Kind::unavailable, "store.unavailable",
                          "The store cannot be used at the moment."};
        }
    }

    MessageStore& inner_;
};

}  // namespace loquat::consumer
