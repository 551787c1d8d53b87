#include "services/chat/adapters/sql_generations.hpp"

#include <limits>

#include "services/chat/adapters/generation_rows.hpp"
#include "services/chat/adapters/sql_answer_nodes.hpp"

namespace loquat::chat {
namespace {

using store::Row;
using store::Rows;
using store::Transaction;

const std::string& select_sql = select_generations();

std::optional<GenerationRecord> first_of(const Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional{read_generation(rows.front())};
}

// How many of the newest ones fit into a page by the length of their texts.
std::size_t count_fitting(const Rows& sizes, std::size_t limit) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const Row row : sizes) {
        bytes += static_cast<std::size_t>(row.integer(0));
        if (count == limit || (count > 0 && bytes > GenerationStore::page_bytes_max)) {
            break;
        }
        ++count;
    }
    return count;
}

// In its conversation.
struct Place {
    std::int64_t prompt_seq = std::numeric_limits<std::int64_t>::max();
    std::int64_t number = 0;
};

// Behind all without `id`; none when that is not of this conversation.
std::optional<Place> find_place(Transaction& transaction, const ChatId& chat,
                                const std::optional<GenerationId>& id) {
    if (!id) {
        return Place{};
    }
    const Rows rows = transaction.query(
        "SELECT prompt_seq, number FROM generations WHERE id = $1 AND chat_id = $2", {*id, chat});
    return rows.empty() ? std::nullopt
                        : std::optional{Place{rows.front().integer(0), rows.front().integer(1)}};
}

class SqlGenerations final : public GenerationStore {
  public:
    SqlGenerations(store::Database& database, const SqlAnswerNodes* nodes)
        : database_(database), nodes_(nodes) {}

    Task<GenerationState> insert(GenerationRecord record) override {
        auto work = [record = std::move(record), node = node()](Transaction& transaction) mutable {
            if (node) {
                record.state = state_at_node(transaction, record);
            }
            insert_generation(transaction, record);
            if (node) {
                put_under(transaction, *node, record.id);
            }
            return record.state;
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<bool> begin(GenerationId id, Time at) override {
        auto work = [id, at, node = node()](Transaction& transaction) {
            if (node) {
                return has_turn(transaction, *node, id) && begin_now(transaction, id);
            }
            return transaction.execute(
                       "UPDATE generations SET state = 'streaming', started_at = $2 "
                       "WHERE id = $1 AND state = 'queued'",
                       {id, at}) == 1;
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<std::vector<bool>> finish(std::vector<GenerationRecord> records) override {
        auto work = [records = std::move(records), node = node()](Transaction& transaction) {
            std::vector<bool> finished;
            for (const GenerationRecord& record : records) {
                finished.push_back(finish_generation(transaction, record));
                if (node) {
                    forget_parts(transaction, record.id);
                }
            }
            return finished;
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<void> settle(std::vector<GenerationId> ids) override {
        auto work = [ids = std::move(ids)](Transaction& transaction) {
            for (const GenerationId& id : ids) {
                transaction.execute("UPDATE generations SET is_settled = 1 WHERE id = $1", {id});
            }
        };
        co_await database_.transact(std::move(work));
    }

    Task<void> erase_text(GenerationId id) override {
        auto work = [id](Transaction& transaction) {
            transaction.execute(
                "UPDATE generations SET body = '' "
                "WHERE id = $1 AND state NOT IN ('queued', 'streaming')",
                {id});
        };
        co_await database_.transact(std::move(work));
    }

    Task<std::optional<GenerationRecord>> find(GenerationId id) override {
        auto work = [id](Transaction& transaction) {
            static const std::string sql = select_sql + "WHERE id = $1";
            return first_of(transaction.query(sql, {id}));
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::optional<GenerationRecord>> find_by_client_id(UserId user, ChatId chat,
                                                            std::string client_id) override {
        auto work = [user, chat, client_id = std::move(client_id)](Transaction& transaction) {
            static const std::string sql =
                select_sql + "WHERE user_id = $1 AND chat_id = $2 AND client_id = $3";
            return first_of(transaction.query(sql, {user, chat, client_id}));
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::optional<GenerationRecord>> find_last_prompted(ChatId chat) override {
        auto work = [chat](Transaction& transaction) {
            static const std::string sql = select_sql +
                                           "WHERE chat_id = $1 AND prompt_id IS NOT NULL "
                                           "ORDER BY prompt_seq DESC, number DESC LIMIT 1";
            return first_of(transaction.query(sql, {chat}));
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<GenerationPage> list(ChatId chat, std::optional<GenerationId> before,
                              std::size_t limit) override {
        auto work = [chat, before, limit](Transaction& transaction) {
            static const std::string choice =
                "FROM generations WHERE chat_id = $1 AND (prompt_seq, number) < ($2, $3) "
                "ORDER BY prompt_seq DESC, number DESC LIMIT $4";
            static const std::string sql =
                "SELECT " + std::string{generation_columns} + " " + choice;
            static const std::string sizes_sql = "SELECT LENGTH(body) " + choice;
            const std::optional<Place> below = find_place(transaction, chat, before);
            if (!below) {
                return GenerationPage{};
            }
            const Rows sizes =
                transaction.query(sizes_sql, {chat, below->prompt_seq, below->number, limit + 1});
            const std::size_t count = count_fitting(sizes, limit);
            return GenerationPage{read_generations(transaction.query(
                                      sql, {chat, below->prompt_seq, below->number, count})),
                                  count < sizes.size()};
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<GenerationRecord>> list_unfinished() override {
        auto work = [](Transaction& transaction) {
            static const std::string sql =
                select_sql +
                "WHERE is_settled = 0 AND state IN ('queued', 'streaming') ORDER BY id LIMIT $1";
            return read_generations(transaction.query(sql, {list_max}));
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<GenerationRecord>> list_unsettled() override {
        auto work = [](Transaction& transaction) {
            static const std::string sql = select_sql +
                                           "WHERE is_settled = 0 AND state NOT IN ('queued', "
                                           "'streaming') ORDER BY id LIMIT $1";
            return read_generations(transaction.query(sql, {list_max}));
        };
        co_return co_await database_.read(std::move(work));
    }

  private:
    std::optional<Uuid> node() const {
        return nodes_ != nullptr ? std::optional{nodes_->name()} : std::nullopt;
    }

    store::Database& database_;
    const SqlAnswerNodes* nodes_;
};

}  // namespace

std::unique_ptr<GenerationStore> make_sql_generations(store::Database& database,
                                                      const SqlAnswerNodes* nodes) {
    return std::make_unique<SqlGenerations>(database, nodes);
}

}  // namespace loquat::chat
