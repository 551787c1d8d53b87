#pragma once
#include <memory>

#include "services/chat/generations/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::chat {

class SqlAnswerNodes;

// In the database of the conversations.  With `nodes`, which outlive it, others write answers there
// too.
std::unique_ptr<GenerationStore> make_sql_generations(store::Database& database,
                                                      const SqlAnswerNodes* nodes = nullptr);

}  // namespace loquat::chat
