#include "contracts/generation.hpp"

#include "contracts/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> generation_operations() { return bind_table<GenerationApi>(); }

}  // namespace loquat::contracts
