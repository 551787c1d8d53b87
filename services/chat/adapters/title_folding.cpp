#include "services/chat/adapters/title_folding.hpp"

#include "base/ids.hpp"
#include "services/chat/domain/folded_title.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t batch_max = 500;

}  // namespace

Task<void> fold_titles(store::Database& database) {
    auto work = [](store::Transaction& transaction) {
        const store::Rows rows = transaction.query(
            "SELECT id, title FROM chats WHERE title_folded = '' AND title <> '' LIMIT $1",
            {batch_max});
        for (const store::Row row : rows) {
            transaction.execute("UPDATE chats SET title_folded = $2 WHERE id = $1",
                                {row.id<ChatId>(0), folded_title(row.text(1))});
        }
        return rows.size();
    };
    std::size_t folded = batch_max;
    while (folded == batch_max) {
        folded = co_await database.transact(work);
    }
}

}  // namespace loquat::chat
