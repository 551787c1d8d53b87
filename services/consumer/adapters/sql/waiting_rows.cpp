#include "services/consumer/adapters/sql/waiting_rows.hpp"

#include "store/history/message_history.hpp"

namespace loquat::consumer {
namespace {

// Without what would pass over a row that is there: it would be lost.
constexpr std::string_view insert_new_sql = insert_sql.substr(0, insert_sql.find(" ON CONFLICT"));

std::optional<std::string_view> text_or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

}  // namespace

std::string joined(const std::vector<UserId>& users) {
    std::string bytes;
    bytes.reserve(users.size() * 16);
    for (const UserId& user : users) {
        bytes.append(user.view());
    }
    return bytes;
}

std::optional<store::BlobView> blob_or_null(const std::string& bytes) {
    return bytes.empty() ? std::nullopt : std::optional{store::BlobView{bytes}};
}

store::Params message_params(const contracts::MessageRecord& record, const RowPlace& place) {
    return {place.chat,
            place.seq,
            record.message_id,
            record.sender.id,
            static_cast<int>(record.sender.kind),
            record.sender.username,
            record.sender.display_name,
            place.client_id,
            record.text,
            record.reply_to,
            blob_or_null(place.mentions),
            text_or_null(record.generation_id),
            record.at,
            store::text_sum(record.text)};
}

void WaitingRows::add(const contracts::MessageRecord& record, std::int64_t chat, std::int64_t seq) {
    joined_.push_back(joined(record.mentions));
    messages_.push_back(message_params(record, {chat, seq, record.client_id, joined_.back()}));
    for (const UserId& user : record.mentions) {
        mentions_.push_back({user, chat, seq});
    }
}

void WaitingRows::write(store::Transaction& transaction) {
    if (messages_.empty()) {
        return;
    }
    transaction.execute_each(insert_new_sql, messages_);
    transaction.execute_each(mention_sql, mentions_);
    clear();
}

void WaitingRows::clear() {
    messages_.clear();
    mentions_.clear();
    joined_.clear();
}

}  // namespace loquat::consumer
