#include "runtime/config/settings.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "runtime/config/values.hpp"

namespace loquat::runtime {
namespace {

using Kind_ = wire::Schema::Kind;

class Describer {
  public:
    explicit Describer(const ConfigSection& section) : section_(section) {}

    std::vector<SettingDoc> describe() {
        visit(section_.schema, section_.defaults, section_.name);
        return std::move(out_);
    }

  private:
    void visit(const wire::Schema& schema, const wire::Value& defaults, const std::string& path) {
        for (const auto& property : schema.properties) {
            const std::string here = path + "." + property.name;
            const wire::Schema& type = property.type.front();
            const wire::Value* usual = defaults.find(property.name);
            if (type.kind == Kind_::object && usual != nullptr) {
                visit(type, *usual, here);
                continue;
            }
            const bool is_field = path.find("[]") != std::string::npos;
            const bool is_wanted = is_field && property.required;
            out_.push_back({.path = here,
                            .kind = kind_of_value(property),
                            .fallback = is_wanted || usual == nullptr ? "" : wire::to_json(*usual),
                            .variable = is_field ? "" : variable_of_setting(here),
                            .doc = property.doc,
                            .is_live = is_live_setting(section_, here)});
            if (type.kind == Kind_::array && type.item.front().kind == Kind_::object) {
                const std::string items = here + "[]";
                const auto known = section_.item_defaults.find(items);
                visit(type.item.front(),
                      known == section_.item_defaults.end() ? wire::Value{} : known->second, items);
            }
        }
    }

    const ConfigSection& section_;
    std::vector<SettingDoc> out_;
};

std::string_view parent_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view leaf_of(std::string_view path) { return path.substr(path.rfind('.') + 1); }

// An item by its number, and one without, stand for all of them.
std::string without_indices(std::string_view path) {
    std::string out;
    bool is_index = false;
    for (const char c : path) {
        is_index = is_index || c == '[';
        if (!is_index) {
            out += c;
        }
        is_index = is_index && c != ']';
    }
    return out;
}

}  // namespace

bool is_live_setting(const ConfigSection& section, std::string_view path) {
    return std::ranges::any_of(section.live, [path](const std::string& live) {
        const std::string_view rest = path.substr(std::min(live.size(), path.size()));
        return path.starts_with(live) &&
               (rest.empty() || rest.starts_with('.') || rest.starts_with('['));
    });
}

std::vector<SettingDoc> describe_settings(const std::vector<ConfigSection>& sections) {
    std::vector<SettingDoc> all;
    for (const ConfigSection& section : sections) {
        std::ranges::move(Describer{section}.describe(), std::back_inserter(all));
    }
    return all;
}

std::vector<SettingDoc> settings_below(const std::vector<SettingDoc>& all,
                                       const std::string& path) {
    const std::string wanted = without_indices(path);
    std::vector<SettingDoc> found;
    for (const SettingDoc& one : all) {
        if (without_indices(one.path).starts_with(wanted)) {
            found.push_back(one);
        }
    }
    return found;
}

std::string suggest_setting(const std::string& path, std::span<const std::string> paths) {
    const std::string leaf{leaf_of(path)};
    std::vector<std::string> beside;
    for (const std::string& one : paths) {
        if (!parent_of(path).empty() && one.starts_with(std::string{parent_of(path)} + ".")) {
            beside.push_back(one.substr(parent_of(path).size() + 1));
        }
    }
    if (const auto near = suggest(leaf, beside); near && !leaf.empty()) {
        return std::string{parent_of(path)} + "." + *near;
    }
    if (leaf.empty()) {
        return beside.empty() ? "" : std::string{parent_of(path)} + "." + beside.front();
    }
    if (const auto same = std::ranges::find(paths, leaf, leaf_of); same != paths.end()) {
        return *same;
    }
    if (const auto near = suggest(path, paths)) {
        return *near;
    }
    std::vector<std::string> sections;
    for (const std::string& one : paths) {
        sections.push_back(one.substr(0, one.find('.')));
    }
    if (const auto near = suggest(path.substr(0, path.find('.')), sections);
        near && path.find('.') == std::string::npos) {
        return *near;
    }
    std::vector<std::string> leaves;
    for (const std::string& one : paths) {
        leaves.emplace_back(leaf_of(one));
    }
    const auto near = suggest(leaf, leaves);
    return near ? *std::ranges::find(paths, *near, leaf_of) : "";
}

std::string variable_of_setting(std::string_view path) {
    std::string name = "LOQUAT_";
    for (const char c : path) {
        if (c == '.') {
            name += "__";
        } else {
            name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    return name;
}

}  // namespace loquat::runtime
