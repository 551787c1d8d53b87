#include "contracts/chat/chat.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> chat_operations() { return bind_table<ChatApi>(); }

}  // namespace loquat::contracts
