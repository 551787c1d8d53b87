#include "services/chat/adapters/generation_rows.hpp"

#include "base/failure.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

template <class Enum>
Enum read_name(const std::string& name) {
    const auto found = wire::find_enum<Enum>(name);
    if (!found) {
        throw Failure{Kind::internal, "store.unexpected_type",
                      "The stored data is not as expected.", "unknown name " + name};
    }
    return *found;
}

std::optional<std::string> context_text(const GenerationRecord& record) {
    return record.context ? std::optional{wire::encode(*record.context)} : std::nullopt;
}

std::optional<std::string> text_or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

// What is not known before the answer has ended.
void read_end(const store::Row& row, GenerationRecord& record) {
    record.text = row.text(15);
    record.events = row.blob(16);
    record.tokens = {row.integer(17), row.integer(18), read_name<UsageSource>(row.text(19))};
    record.cost_micros = row.maybe_integer(20);
    if (!row.is_null(21)) {
        record.error = GenerationError{row.text(21), row.maybe_text(22).value_or("")};
    }
    if (!row.is_null(23)) {
        record.context = wire::from_json<GenerationContext>(row.text(23));
    }
    record.answer = row.maybe_id<MessageId>(24);
    record.finished_at = row.maybe_time(27);
    record.is_settled = row.boolean(28);
    record.prompt_seq = row.integer(29);
}

}  // namespace

GenerationRecord read_generation(const store::Row& row) {
    GenerationRecord record;
    record.id = row.id<GenerationId>(0);
    record.user = row.id<UserId>(1);
    record.chat = row.id<ChatId>(2);
    record.client_id = row.maybe_text(3).value_or("");
    record.request_hash = static_cast<std::uint64_t>(row.integer(4));
    record.state = read_name<GenerationState>(row.text(5));
    record.model = row.text(6);
    record.model_label = row.text(7);
    record.provider = row.text(8);
    record.system_prompt = row.maybe_text(9);
    if (!row.is_null(10)) {
        record.temperature = row.number(10);
    }
    if (const auto tokens = row.maybe_integer(11)) {
        record.max_tokens = static_cast<std::int32_t>(*tokens);
    }
    record.prompt = row.maybe_id<MessageId>(12);
    record.is_again = row.boolean(13);
    record.request_id = row.text(14);
    record.created_at = row.time(25);
    record.started_at = row.maybe_time(26);
    read_end(row, record);
    return record;
}

std::vector<GenerationRecord> read_generations(const store::Rows& rows) {
    std::vector<GenerationRecord> records;
    records.reserve(rows.size());
    for (const store::Row row : rows) {
        records.push_back(read_generation(row));
    }
    return records;
}

void insert_generation(store::Transaction& transaction, const GenerationRecord& record) {
    static const std::string sql = [] {
        std::string text =
            "INSERT INTO generations (" + std::string{generation_columns} + ", number) VALUES (";
        for (std::size_t i = 1; i < generation_columns_count; ++i) {
            text += "$" + std::to_string(i) + ", ";
        }
        return text +
               "CASE WHEN $30 > 0 THEN $30 ELSE "
               "(SELECT COALESCE(MAX(prompt_seq), 0) FROM generations WHERE chat_id = $3) END, "
               "(SELECT COALESCE(MAX(number), 0) + 1 FROM generations))";
    }();
    const auto context = context_text(record);
    const auto code = record.error ? std::optional{record.error->code} : std::nullopt;
    const auto message = record.error ? std::optional{record.error->message} : std::nullopt;
    const auto client_id = text_or_null(record.client_id);
    transaction.execute(sql, {record.id,
                              record.user,
                              record.chat,
                              client_id,
                              static_cast<std::int64_t>(record.request_hash),
                              wire::enum_name(record.state),
                              record.model,
                              record.model_label,
                              record.provider,
                              record.system_prompt,
                              record.temperature,
                              record.max_tokens,
                              record.prompt,
                              record.is_again,
                              record.request_id,
                              record.text,
                              store::BlobView{record.events},
                              record.tokens.input,
                              record.tokens.output,
                              wire::enum_name(record.tokens.source),
                              record.cost_micros,
                              code,
                              message,
                              context,
                              record.answer,
                              record.created_at,
                              record.started_at,
                              record.finished_at,
                              record.is_settled,
                              record.prompt_seq});
}

bool finish_generation(store::Transaction& transaction, const GenerationRecord& record) {
    const auto context = context_text(record);
    const auto code = record.error ? std::optional{record.error->code} : std::nullopt;
    const auto message = record.error ? std::optional{record.error->message} : std::nullopt;
    return transaction.execute(
               "UPDATE generations SET state = $2, provider = $3, body = $4, events = $5, "
               "input_tokens = $6, output_tokens = $7, usage_source = $8, cost_micros = $9, "
               "error_code = $10, error_message = $11, context = $12, answer_id = $13, "
               "finished_at = $14, model = $15, "
               "prompt_seq = CASE WHEN $16 > 0 THEN $16 ELSE prompt_seq END "
               "WHERE id = $1 AND state IN ('queued', 'streaming')",
               {record.id, wire::enum_name(record.state), record.provider, record.text,
                store::BlobView{record.events}, record.tokens.input, record.tokens.output,
                wire::enum_name(record.tokens.source), record.cost_micros, code, message, context,
                record.answer, record.finished_at, record.model, record.prompt_seq}) == 1;
}

}  // namespace loquat::chat
