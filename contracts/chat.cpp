#include "contracts/chat.hpp"

#include "contracts/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> chat_operations() { return bind_table<ChatApi>(); }

}  // namespace loquat::contracts
