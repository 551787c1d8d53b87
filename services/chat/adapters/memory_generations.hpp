#pragma once
#include <memory>

#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// For tests of what stands above, and the models that the SQL adapters are compared with.  One
// loop.
std::unique_ptr<GenerationStore> make_memory_generations();
std::unique_ptr<GenerationJournal> make_memory_journal();

}  // namespace loquat::chat
