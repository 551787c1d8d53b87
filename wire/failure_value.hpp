#pragma once
#include <string>
#include <utility>

#include "base/failure.hpp"
#include "wire/codec.hpp"

namespace loquat::wire {

// Gives a failure one more member of its problem body, which is no text.
template <class T>
void add_value(Failure& failure, std::string name, const T& value) {
    failure.values.emplace_back(std::move(name), encode(value));
}

}  // namespace loquat::wire
