#include "contracts/model.hpp"

#include "contracts/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> model_operations() { return bind_table<ModelApi>(); }

}  // namespace loquat::contracts
