#include "contracts/model/model.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

void append_event(std::string& out, const ModelEvent& event) {
    out.append("data: ");
    wire::append(out, event);
    out.append("\n\n");
}

std::vector<Operation> model_operations() { return bind_table<ModelApi>(); }

}  // namespace loquat::contracts
