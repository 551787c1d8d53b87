#include "services/config/domain/environment.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/failure.hpp"
#include "services/config/domain/profile_rule.hpp"

namespace loquat::config {
namespace {

constexpr std::string_view common = "application";
constexpr std::string_view rule_key = "spring.config.activate.on-profile";
constexpr std::size_t resolved_depth_max = 16;
constexpr std::size_t resolved_bytes_max = 8 * 1024 * 1024;

std::string text_of(const wire::Value& value) {
    const std::string* text = value.if_string();
    return text != nullptr ? *text : value.is_null() ? std::string{} : wire::to_json(value);
}

bool applies(const Document& document, std::span<const std::string> profiles) {
    std::string rule;
    for (const Entry& entry : document.entries) {
        if (entry.key == rule_key || entry.key.starts_with(std::string{rule_key} + "[")) {
            rule += (rule.empty() ? "" : ",") + text_of(entry.value);
        }
    }
    return rule.empty() || holds(rule, profiles);
}

// `hosts[0].name` is of the list `hosts`; empty: of none.
std::string_view list_of(std::string_view key) {
    const std::size_t at = key.find('[');
    return at == std::string_view::npos ? std::string_view{} : key.substr(0, at);
}

[[noreturn]] void refuse(const char* why) {
    throw Failure{Kind::invalid, "config.malformed", std::string{"There are "} + why + "."};
}

std::size_t end_of(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("${")) {
            ++depth;
        } else if (text[i] == '}' && --depth == 0) {
            return i;
        }
    }
    return std::string_view::npos;
}

}  // namespace

std::vector<std::string> stems_of(std::span<const std::string> applications,
                                  std::span<const std::string> profiles) {
    std::vector<std::string> names;
    for (auto name = applications.rbegin(); name != applications.rend(); ++name) {
        if (*name != common && std::ranges::find(names, *name) == names.end()) {
            names.push_back(*name);
        }
    }
    std::vector<std::string> stems;
    for (auto profile = profiles.rbegin(); profile != profiles.rend(); ++profile) {
        for (const std::string& name : names) {
            stems.push_back(name + "-" + *profile);
        }
    }
    for (auto profile = profiles.rbegin(); profile != profiles.rend(); ++profile) {
        stems.push_back(std::string{common} + "-" + *profile);
    }
    stems.insert(stems.end(), names.begin(), names.end());
    stems.emplace_back(common);
    return stems;
}

std::vector<PropertySource> order_sources(std::span<const ConfigFile> files,
                                          std::span<const std::string> applications,
                                          std::span<const std::string> profiles,
                                          const std::vector<Entry>& overrides) {
    std::vector<PropertySource> sources;
    if (!overrides.empty()) {
        sources.push_back({.name = "overrides", .entries = overrides});
    }
    for (const std::string& stem : stems_of(applications, profiles)) {
        for (const ConfigFile& file : files) {
            if (file.stem != stem) {
                continue;
            }
            for (auto document = file.documents.rbegin(); document != file.documents.rend();
                 ++document) {
                if (!document->entries.empty() && applies(*document, profiles)) {
                    sources.push_back({.name = file.name, .entries = document->entries});
                }
            }
        }
    }
    return sources;
}

std::vector<Entry> merge(std::span<const PropertySource> sources) {
    std::vector<Entry> merged;
    std::unordered_set<std::string> keys;
    std::unordered_set<std::string> lists;
    for (const PropertySource& source : sources) {
        std::unordered_set<std::string> of_this;
        for (const Entry& entry : source.entries) {
            const std::string list{list_of(entry.key)};
            if (!list.empty() && lists.contains(list)) {
                continue;
            }
            if (!keys.insert(entry.key).second) {
                continue;
            }
            merged.push_back(entry);
            if (!list.empty()) {
                of_this.insert(list);
            }
        }
        lists.merge(of_this);
    }
    return merged;
}

Placeholders::Placeholders(std::span<const Entry> entries) {
    for (const Entry& entry : entries) {
        known_.try_emplace(entry.key, &entry);
    }
}

std::string Placeholders::resolve(std::string_view text) { return resolve(text, 0); }

std::string Placeholders::resolve(std::string_view text, std::size_t depth) {
    if (depth > resolved_depth_max) {
        refuse("placeholders that name each other");
    }
    std::string out;
    while (true) {
        const std::size_t begin = text.find("${");
        out += text.substr(0, begin);
        bytes_ += begin == std::string_view::npos ? text.size() : begin;
        if (bytes_ > resolved_bytes_max) {
            refuse("more texts than may come of placeholders");
        }
        if (begin == std::string_view::npos) {
            return out;
        }
        text.remove_prefix(begin);
        const std::size_t end = end_of(text);
        if (end == std::string_view::npos) {
            out += text;
            return out;
        }
        out += value_of(text.substr(0, end + 1), depth);
        text.remove_prefix(end + 1);
    }
}

std::string Placeholders::value_of(std::string_view placeholder, std::size_t depth) {
    const std::string inner = resolve(placeholder.substr(2, placeholder.size() - 3), depth + 1);
    bytes_ += placeholder.size();
    if (const auto found = known_.find(inner); found != known_.end()) {
        return resolve(text_of(found->second->value), depth + 1);
    }
    const std::size_t colon = inner.find(':');
    if (colon == std::string::npos) {
        return std::string{placeholder};
    }
    if (const auto found = known_.find(std::string_view{inner}.substr(0, colon));
        found != known_.end()) {
        return resolve(text_of(found->second->value), depth + 1);
    }
    return inner.substr(colon + 1);
}

}  // namespace loquat::config
