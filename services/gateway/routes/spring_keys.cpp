#include "services/gateway/routes/spring_keys.hpp"

#include <algorithm>
#include <span>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/served.hpp"

namespace loquat::gateway {
namespace {

constexpr std::size_t items_max = 10'000;

struct Key {
    std::vector<std::string> parts;  // names, and places in lists as `[0]`
    const SpringKey* given;
};

std::optional<std::uint64_t> place_of(std::string_view part) {
    return part.starts_with('[') ? parse_number(part.substr(1, part.size() - 2)) : std::nullopt;
}

// [2] before [10].
bool is_before(const std::string& a, const std::string& b) {
    const auto place_a = place_of(a);
    const auto place_b = place_of(b);
    return place_a && place_b ? *place_a < *place_b : a < b;
}

[[noreturn]] void refuse(const SpringKey& key, const std::string& why) {
    throw Failure{Kind::invalid, "config.invalid", key.origin + ": " + key.path + " " + why};
}

bool is_of_route(std::string_view path) {
    return path.contains(".routes") || path.contains("default-filters") ||
           path.contains("defaultFilters") || path.contains(".discovery.locator");
}

// Of keys in order that are the same before `depth`.  No deeper than a path has parts.
wire::Value tree_of(std::span<const Key> keys, std::size_t depth) {
    // An empty list or map is an empty text; beside what stands in it it says nothing.
    if (keys.front().parts.size() == depth) {
        if (keys.size() == 1) {
            return wire::Value{keys.front().given->value};
        }
        if (keys[1].parts.size() == depth) {
            refuse(*keys[1].given, "comes twice");
        }
        if (!keys.front().given->value.empty()) {
            refuse(*keys.front().given, "is a text, and " + keys[1].given->path + " is below it");
        }
        keys = keys.subspan(1);
    }
    wire::Object members;
    wire::Array items;
    while (!keys.empty()) {
        const std::string& part = keys.front().parts[depth];
        const auto end =
            std::ranges::find_if(keys, [&](const Key& key) { return key.parts[depth] != part; });
        const std::span<const Key> same{keys.begin(), end};
        if (const auto place = place_of(part)) {
            if (*place != items.size()) {
                refuse(*same.front().given,
                       "is in a list that has no [" + std::to_string(items.size()) + "]");
            }
            items.push_back(tree_of(same, depth + 1));
        } else {
            members.emplace_back(part, tree_of(same, depth + 1));
        }
        if (!items.empty() && !members.empty()) {
            refuse(*same.front().given, "makes a list a map");
        }
        keys = {end, keys.end()};
    }
    return items.empty() ? wire::Value{std::move(members)} : wire::Value{std::move(items)};
}

}  // namespace

SpringFile to_file(const std::vector<SpringKey>& given) {
    SpringFile file{.root = wire::Object{}, .lines = {}, .name = "the config server"};
    std::vector<Key> keys;
    for (const SpringKey& key : given) {
        if (auto parts = runtime::parts_of_setting(key.path, items_max)) {
            file.origins[key.path] = key.origin;
            keys.push_back({std::move(*parts), &key});
        } else if (is_of_route(key.path)) {
            refuse(key, "is no path of a setting: a name, or a place in a list of at most " +
                            std::to_string(items_max));
        }
    }
    std::ranges::sort(keys, [](const Key& a, const Key& b) {
        return std::ranges::lexicographical_compare(a.parts, b.parts, is_before);
    });
    if (!keys.empty()) {
        file.root = tree_of(keys, 0);
    }
    return file;
}

}  // namespace loquat::gateway
