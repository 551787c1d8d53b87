#pragma once
#include <string_view>

namespace loquat::runtime {

inline constexpr std::string_view version = "0.1.0";

}  // namespace loquat::runtime
