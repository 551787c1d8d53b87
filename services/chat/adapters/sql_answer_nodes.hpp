#pragma once
#include <memory>

#include "services/chat/generations/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::chat {

// Leases and the journal of answers in PostgreSQL: time is the server's.
class SqlAnswerNodes final : public AnswerNodes, public GenerationJournal {
  public:
    explicit SqlAnswerNodes(store::Database& database) : database_(database) {}

    // Of the lease.
    const Uuid& name() const { return name_; }

    Task<void> join() override;
    Task<std::optional<std::vector<GenerationId>>> beat() override;
    Task<void> leave() override;
    Task<void> ask_to_cancel(GenerationId id) override;
    Task<void> end_leases(LeaseAges ages) override;
    Task<std::vector<GenerationRecord>> list_abandoned() override;
    Task<AnswerLine> line_of(UserId user) override;
    Task<std::vector<GenerationRecord>> list_streaming(ChatId chat) override;
    Task<JournalParts> read_parts(GenerationId id, std::int64_t first) override;

    // Parts are rows of their own, so that another instance may read those of one answer; they go
    // when it ends.  Refused without the lease: `store.unavailable`.
    Task<std::uint64_t> append(JournalPartsPtr parts) override;
    Task<void> trim(std::uint64_t) override { co_return; }
    Task<std::vector<JournalRow>> read(std::uint64_t) override {
        co_return std::vector<JournalRow>{};
    }

  private:
    store::Database& database_;
    Uuid name_ = Uuid::make();
};

// What an insert becomes: streaming when nothing of the person's streams or waits before it.
GenerationState state_at_node(store::Transaction& transaction, const GenerationRecord& record);
// What streams has begun now.  Throws `store.unavailable` without the lease.
void put_under(store::Transaction& transaction, const Uuid& node, const GenerationId& id);
bool has_turn(store::Transaction& transaction, const Uuid& node, const GenerationId& id);
// queued -> streaming, now; false when it is not queued.  Time is the database's: what began after
// another has ended also says so.
bool begin_now(store::Transaction& transaction, const GenerationId& id);
void forget_parts(store::Transaction& transaction, const GenerationId& id);

}  // namespace loquat::chat
