#include "services/gateway/domain/methods.hpp"

#include <array>
#include <utility>

namespace loquat::gateway {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 9> names{{
    {"GET", Methods::get},
    {"HEAD", Methods::head},
    {"POST", Methods::post},
    {"PUT", Methods::put},
    {"PATCH", Methods::patch},
    {"DELETE", Methods::del},
    {"OPTIONS", Methods::options},
    {"TRACE", Methods::trace},
    {"QUERY", Methods::query},
}};

}  // namespace

std::optional<Methods> Methods::parse(std::string_view name) {
    for (const auto& [known, bit] : names) {
        if (known == name) {
            return Methods{bit};
        }
    }
    return std::nullopt;
}

Methods Methods::of(std::string_view method) { return parse(method).value_or(Methods{other}); }

Methods Methods::with_implied() const {
    return Methods{static_cast<std::uint16_t>(bits_ | options | ((bits_ & get) != 0 ? head : 0))};
}

std::string Methods::to_string() const {
    std::string out;
    for (const auto& [name, bit] : names) {
        if ((bits_ & bit) != 0) {
            out.append(out.empty() ? "" : ", ").append(name);
        }
    }
    return out;
}

}  // namespace loquat::gateway
