#pragma once
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
    "answer_id, created_at, started_at, finished_at, is_settled";
inline constexpr std::size_t generation_columns_count = 29;

GenerationRecord read_generation(const store::Row& row);
void insert_generation(store::Transaction& transaction, const GenerationRecord& record);
// Only while it has not ended.
bool finish_generation(store::Transaction& transaction, const GenerationRecord& record);

}  // namespace loquat::chat
