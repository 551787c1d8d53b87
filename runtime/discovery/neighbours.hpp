#pragma once
#include <memory>

#include "runtime/discovery/instances.hpp"

namespace loquat::runtime {

// What this process knows of the others.
struct Neighbours {
    std::unique_ptr<Instances> instances;
};

}  // namespace loquat::runtime
