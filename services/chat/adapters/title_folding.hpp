#pragma once
#include "aio/task.hpp"
#include "store/sql/database.hpp"

namespace loquat::chat {

// Makes titles that were written before the present rule for folding findable by it.  Some at a
// time; before the first search.
Task<void> fold_titles(store::Database& database);

}  // namespace loquat::chat
