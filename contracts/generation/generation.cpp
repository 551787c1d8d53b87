#include "contracts/generation/generation.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> generation_operations() { return bind_table<GenerationApi>(); }

}  // namespace loquat::contracts
