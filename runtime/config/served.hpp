#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json.hpp"

namespace loquat::runtime {

// The parts of `gateway.routes[0].id`: names, and places in lists as `[0]`.  None when it is no
// path: empty parts, more than 16, a list longer than `items_max`.
std::optional<std::vector<std::string>> parts_of_setting(std::string_view path,
                                                         std::size_t items_max = 1'000);

// Puts `text` at its place below `root`.
void put_setting(wire::Value& root, const std::vector<std::string>& parts, std::string text);

}  // namespace loquat::runtime
