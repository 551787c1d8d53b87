#include "runtime/config/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/failure.hpp"
#include "runtime/config/loader.hpp"
#include "runtime/config/settings.hpp"
#include "runtime/config/values.hpp"

extern char** environ;

namespace loquat::runtime {
namespace {

using Property = wire::Schema::Property;

// Calls `visit` with the path, the property and the value (or null) of each setting below `value`.
template <class AnyValue, class Visit>
void for_each_setting(AnyValue& value, const wire::Schema& schema, const std::string& path,
                      Visit visit) {
    for (const Property& property : schema.properties) {
        const std::string here = path + "." + property.name;
        const wire::Schema& type = property.type.front();
        const wire::Value* member = std::as_const(value).find(property.name);
        if (type.kind == wire::Schema::Kind::object && !property.nullable && member != nullptr) {
            for_each_setting(*member, type, here, visit);
        } else {
            visit(here, property, member);
        }
    }
}

// Calls `visit` with each item of a list of foreign settings.
template <class Visit>
void for_each_foreign(const wire::Value* list, Visit visit) {
    const wire::Array* items = list != nullptr ? list->if_array() : nullptr;
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
        visit(*(*items)[i].find("path")->if_string(), *(*items)[i].find("value"),
              *(*items)[i].find("origin")->if_string());
    }
}

// `AddRequestHeader=X-Api-Key, 42` says in its beginning what its end is.
wire::Value shown_foreign(const std::string& path, const wire::Value& value) {
    const std::string* text = value.if_string();
    return shown_value(text != nullptr ? path + " " + text->substr(0, text->find(',')) : path,
                       value);
}

bool is_foreign_list(const ConfigSection& section, std::string_view path) {
    return section.foreign && path == section.name + "." + section.foreign->list;
}

std::string text_of(const wire::Value* value) {
    return value != nullptr ? wire::to_json(*value) : "null";
}

// Puts `value` at the end of a path of maps.
void put(wire::Value& map, std::string_view path, const wire::Value& value) {
    const std::size_t dot = path.find('.');
    const std::string name{path.substr(0, dot)};
    if (dot == std::string_view::npos) {
        return map.set(name, value);
    }
    wire::Value inner = map.find(name) != nullptr ? *map.find(name) : wire::Value{wire::Object{}};
    put(inner, path.substr(dot + 1), value);
    map.set(name, std::move(inner));
}

void refuse(const ConfigFindings& findings) {
    std::string all;
    for (const std::string& problem : findings.all()) {
        all += (all.empty() ? "" : "\n") + problem;
    }
    if (!all.empty()) {
        throw Failure{Kind::invalid, "config.invalid", all};
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
    loader.add_served(sources.served);
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
    config.run_checks(loader.findings());
    refuse(loader.findings());
    return config;
}

void Config::run_checks(ConfigFindings& findings) const {
    for (const ConfigSection& section : sections_) {
        if (section.check != nullptr) {
            section.check(*this, findings);
        }
    }
}

Config Config::with_live(const Config& fresh) const {
    Config mixed = *this;
    mixed.warnings_ = fresh.warnings_;
    for (const ConfigSection& section : sections_) {
        const wire::Value& from = fresh.value(section.name);
        for_each_setting(from, section.schema, section.name,
                         [&](const std::string& path, const Property&, const wire::Value* value) {
                             if (value != nullptr && is_live_setting(section, path)) {
                                 put(mixed.values_[section.name],
                                     path.substr(section.name.size() + 1), *value);
                                 mixed.origins_.take(path, fresh.origins_);
                             }
                         });
    }
    ConfigFindings findings{mixed.origins_};
    mixed.run_checks(findings);
    refuse(findings);
    return mixed;
}

ConfigChange Config::change_to(const Config& after, const Config& fresh) const {
    using Texts = std::map<std::string, std::string>;
    const auto texts = [](const Config& config) {
        Texts all;
        for (const ConfigSection& section : config.sections_) {
            for_each_setting(
                config.value(section.name), section.schema, section.name,
                [&](const std::string& path, const Property&, const wire::Value* value) {
                    if (!is_foreign_list(section, path)) {
                        all[path] = text_of(value);
                        return;
                    }
                    for_each_foreign(value,
                                     [&all](const std::string& name, const wire::Value& text,
                                            const std::string&) { all[name] = text_of(&text); });
                });
        }
        return all;
    };
    const Texts before = texts(*this);
    const Texts now = texts(after);
    const Texts wanted = texts(fresh);
    const auto differs = [](const Texts& a, const Texts& b, const std::string& path) {
        const auto in_a = a.find(path);
        const auto in_b = b.find(path);
        return in_a == a.end() || in_b == b.end() ? (in_a == a.end()) != (in_b == b.end())
                                                  : in_a->second != in_b->second;
    };
    Texts paths = before;
    paths.insert(wanted.begin(), wanted.end());
    ConfigChange change;
    for (const auto& [path, text] : paths) {
        if (differs(now, before, path)) {
            change.changed.push_back(path);
        }
        if (differs(now, wanted, path)) {
            change.waiting.push_back(path);
        }
    }
    return change;
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
        for_each_setting(
            value(section.name), section.schema, section.name,
            [&](const std::string& path, const Property& property, const wire::Value* member) {
                if (is_foreign_list(section, path)) {
                    const bool is_live = is_live_setting(section, path);
                    for_each_foreign(member, [&](const std::string& name, const wire::Value& text,
                                                 const std::string& origin) {
                        out.push_back({.path = name,
                                       .value = wire::to_json(shown_foreign(name, text)),
                                       .origin = origin,
                                       .doc = property.doc,
                                       .is_live = is_live});
                    });
                    return;
                }
                out.push_back({.path = path,
                               .value = member != nullptr
                                            ? wire::to_json(shown_value(property.name, *member))
                                            : "null",
                               .origin = origins_.of(path),
                               .doc = property.doc,
                               .is_live = is_live_setting(section, path)});
            });
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
