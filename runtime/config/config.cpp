#include "runtime/config/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/failure.hpp"
#include "runtime/config/loader.hpp"
#include "runtime/config/values.hpp"

extern char** environ;

namespace loquat::runtime {
namespace {

void flatten(const wire::Value& value, const wire::Schema& schema, const std::string& path,
             const ConfigOrigins& origins, std::vector<ConfigLine>& out) {
    for (const auto& property : schema.properties) {
        const std::string here = path + "." + property.name;
        const wire::Value* member = value.find(property.name);
        const wire::Schema& type = property.type.front();
        if (type.kind == wire::Schema::Kind::object && !property.nullable && member != nullptr) {
            flatten(*member, type, here, origins, out);
            continue;
        }
        out.push_back({.path = here,
                       .value = member != nullptr
                                    ? wire::to_json(shown_value(property.name, *member))
                                    : "null",
                       .origin = origins.of(here),
                       .doc = property.doc});
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> read_environment() {
    std::vector<std::pair<std::string, std::string>> found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::size_t equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        const bool is_ours =
            name.starts_with("LOQUAT_") && name != "LOQUAT_CONFIG" && name != "LOQUAT_DATA";
        if (is_ours && equals != std::string_view::npos) {
            found.emplace_back(name, text.substr(equals + 1));
        }
    }
    std::ranges::sort(found);
    return found;
}

std::string environment_value(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

Config Config::load(const std::vector<ConfigSection>& sections, const ConfigSources& sources) {
    Config config;
    config.sections_ = sections;
    ConfigLoader loader{sections, {config.values_, config.origins_, config.warnings_}};
    if (!sources.file.empty()) {
        loader.add_file(sources.file);
    }
    for (const auto& [name, text] : sources.environment) {
        loader.add_variable(name, text);
    }
    for (const std::string& setting : sources.settings) {
        loader.add_setting(setting, "--set");
    }
    for (const ConfigFlag& flag : sources.flags) {
        loader.add_setting(flag.setting, flag.name);
    }
    loader.check_values();
    for (const ConfigSection& section : sections) {
        if (section.check != nullptr) {
            section.check(config, loader.findings());
        }
    }
    if (!loader.findings().all().empty()) {
        std::string all;
        for (const std::string& problem : loader.findings().all()) {
            all += (all.empty() ? "" : "\n") + problem;
        }
        throw Failure{Kind::invalid, "config.invalid", all};
    }
    return config;
}

const wire::Value& Config::value(const std::string& section) const {
    const auto found = values_.find(section);
    if (found == values_.end()) {
        throw Failure{Kind::internal, "config.no_section",
                      "There is no configuration section " + section + "."};
    }
    return found->second;
}

std::vector<ConfigLine> Config::lines() const {
    std::vector<ConfigLine> out;
    for (const ConfigSection& section : sections_) {
        flatten(value(section.name), section.schema, section.name, origins_, out);
    }
    return out;
}

std::vector<std::string> Config::section_names() const {
    std::vector<std::string> names;
    for (const ConfigSection& section : sections_) {
        names.push_back(section.name);
    }
    return names;
}

}  // namespace loquat::runtime
