#include "runtime/config/served.hpp"

#include "base/text.hpp"

namespace loquat::runtime {
namespace {

constexpr std::size_t parts_max = 16;

std::optional<std::size_t> index_of(std::string_view part) {
    if (part.size() < 3 || !part.starts_with('[')) {
        return std::nullopt;
    }
    return parse_number(part.substr(1, part.size() - 2));
}

wire::Value& item_at(wire::Value& list, std::size_t index) {
    if (list.if_array() == nullptr) {
        list = wire::Array{};
    }
    wire::Array& items = *list.if_array();
    if (items.size() <= index) {
        items.resize(index + 1);
    }
    return items[index];
}

wire::Value& member_at(wire::Value& map, const std::string& name) {
    if (map.find(name) == nullptr) {
        map.set(name, nullptr);
    }
    for (auto& [known, value] : *map.if_object()) {
        if (known == name) {
            return value;
        }
    }
    return map;
}

}  // namespace

std::optional<std::vector<std::string>> parts_of_setting(std::string_view path,
                                                         std::size_t items_max) {
    std::vector<std::string> parts;
    for (const std::string_view step : split(path, '.')) {
        const std::size_t bracket = std::min(step.find('['), step.size());
        if (bracket == 0) {
            return std::nullopt;
        }
        parts.emplace_back(step.substr(0, bracket));
        for (std::string_view rest = step.substr(bracket); !rest.empty();) {
            const std::size_t end = rest.find(']');
            if (!rest.starts_with('[') || end == std::string_view::npos) {
                return std::nullopt;
            }
            const auto index = index_of(rest.substr(0, end + 1));
            if (!index || *index >= items_max) {
                return std::nullopt;
            }
            parts.emplace_back(rest.substr(0, end + 1));
            rest.remove_prefix(end + 1);
        }
        if (parts.size() > parts_max) {
            return std::nullopt;
        }
    }
    return parts;
}

void put_setting(wire::Value& root, const std::vector<std::string>& parts, std::string text) {
    wire::Value* at = &root;
    for (const std::string& part : parts) {
        const auto index = index_of(part);
        at = index ? &item_at(*at, *index) : &member_at(*at, part);
    }
    *at = std::move(text);
}

}  // namespace loquat::runtime
