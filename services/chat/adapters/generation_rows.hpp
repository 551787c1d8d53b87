#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/chat/domain/generation.hpp"
#include "store/sql/database.hpp"

// How answers lie in the database.
namespace loquat::chat {

// In the order that `read_generation` expects.
inline constexpr std::string_view generation_columns =
    "id, user_id, chat_id, client_id, request_hash, state, model, model_label, provider, "
    "system_prompt, temperature, max_tokens, prompt_id, is_again, request_id, body, events, "
    "input_tokens, output_tokens, usage_source, cost_micros, error_code, error_message, context, "
    "answer_id, created_at, started_at, finished_at, is_settled, prompt_seq";
inline constexpr std::size_t generation_columns_count = 30;

GenerationRecord read_generation(const store::Row& row);
// After all others; where the place of its message is not known, as if that were the last one that
// was answered.
void insert_generation(store::Transaction& transaction, const GenerationRecord& record);
inline const std::string& select_generations() {
    static const std::string sql =
        "SELECT " + std::string{generation_columns} + " FROM generations ";
    return sql;
}
std::vector<GenerationRecord> read_generations(const store::Rows& rows);
// Only while it has not ended.  The place of its message stays when the record does not know it.
bool finish_generation(store::Transaction& transaction, const GenerationRecord& record);

}  // namespace loquat::chat
