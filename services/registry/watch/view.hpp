#pragma once
#include "contracts/registry/registry.hpp"
#include "services/registry/domain/instance_book.hpp"

namespace loquat::registry {

// An instance as the registry's own paths show it.  Zone, weight, version and contracts are of its
// metadata, with or without `x-` before the name.
contracts::RegistryInstance view_of(const Instance& instance);
// The same with how it stands in the book.
contracts::RegistryInstance view_of(const InstanceBook::Entry& entry);
// A change that is told; `epoch` is of the registry.
contracts::RegistryChange view_of(const InstanceBook::Change& change, const std::string& epoch);

}  // namespace loquat::registry
