#include "runtime/config/config.hpp"

#include <unistd.h>

#include <cstdlib>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "runtime/config/yaml.hpp"

extern char** environ;

namespace loquat::runtime {
namespace {

using Kind_ = wire::Schema::Kind;

const wire::Schema::Property* find_property(const wire::Schema& schema, std::string_view name) {
    for (const auto& property : schema.properties) {
        if (property.name == name) {
            return &property;
        }
    }
    return nullptr;
}

std::string join(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
}

// Text becomes what the schema asks for; what does not fit stays text, and the codec says why.
wire::Value coerce(const wire::Value& value, const wire::Schema& schema) {
    const std::string* text = value.if_string();
    if (schema.kind == Kind_::array && value.if_array() != nullptr) {
        wire::Array items;
        for (const wire::Value& item : *value.if_array()) {
            items.push_back(coerce(item, schema.item.front()));
        }
        return items;
    }
    if (schema.kind == Kind_::array && text != nullptr) {
        wire::Array items;
        for (const std::string_view part : split(*text, ',')) {
            if (!trim(part).empty()) {
                items.push_back(coerce(wire::Value{trim(part)}, schema.item.front()));
            }
        }
        return items;
    }
    if (schema.kind == Kind_::object && value.if_object() != nullptr) {
        wire::Object members;
        for (const auto& [name, member] : *value.if_object()) {
            const auto* property = find_property(schema, name);
            members.emplace_back(
                name, property != nullptr ? coerce(member, property->type.front()) : member);
        }
        return members;
    }
    if (text == nullptr || schema.kind == Kind_::string || schema.kind == Kind_::enumeration) {
        return value;
    }
    if (schema.kind == Kind_::boolean) {
        return *text == "true" || *text == "yes" || *text == "on"    ? wire::Value{true}
               : *text == "false" || *text == "no" || *text == "off" ? wire::Value{false}
                                                                     : value;
    }
    try {
        return wire::parse(*text);
    } catch (const Failure&) {
        return value;
    }
}

class Loader {
  public:
    Loader(const std::vector<ConfigSection>& sections, std::map<std::string, wire::Value>& values,
           std::map<std::string, std::string>& origins)
        : sections_(sections), values_(values), origins_(origins) {
        for (const ConfigSection& section : sections) {
            values_[section.name] = section.defaults;
        }
    }

    void add_file(const std::filesystem::path& file) {
        const YamlDocument document = read_yaml(file);
        for (const auto& [name, value] : *document.root.if_object()) {
            const auto origin = [&](const std::string& path) {
                const auto line = document.lines.find(path);
                return file.filename().string() + (line == document.lines.end()
                                                       ? std::string{}
                                                       : ":" + std::to_string(line->second));
            };
            const ConfigSection* section = find_section(name, origin(name));
            if (section != nullptr && !value.is_null()) {
                merge(values_[name], value, section->schema, name, origin);
            }
        }
    }

    // `chat.message_characters_max` with either dots or double underscores between the parts.
    void add_setting(const std::string& path, const std::string& text, const std::string& origin) {
        const auto parts = split(path, '.');
        const ConfigSection* section = find_section(std::string{parts.front()}, origin);
        if (section == nullptr) {
            return;
        }
        wire::Value value = text;
        for (std::size_t i = parts.size() - 1; i >= 1; --i) {
            value = wire::Value{wire::Object{{std::string{parts[i]}, std::move(value)}}};
        }
        if (parts.size() == 1) {
            problems_.push_back(origin + ": " + path + " is a section; name one of its keys");
            return;
        }
        merge(values_[section->name], value, section->schema, section->name,
              [&](const std::string&) { return origin; });
    }

    void check() {
        for (const ConfigSection& section : sections_) {
            check_section(section);
        }
        if (!problems_.empty()) {
            std::string all;
            for (const std::string& problem : problems_) {
                all += (all.empty() ? "" : "\n") + problem;
            }
            throw Failure{Kind::invalid, "config.invalid", all};
        }
    }

  private:
    const ConfigSection* find_section(const std::string& name, const std::string& origin) {
        std::vector<std::string> known;
        for (const ConfigSection& section : sections_) {
            if (section.name == name) {
                return &section;
            }
            known.push_back(section.name);
        }
        unknown(origin, name, name, known);
        return nullptr;
    }

    void unknown(const std::string& origin, const std::string& path, const std::string& name,
                 const std::vector<std::string>& known) {
        std::string problem = origin + ": " + path + " is not a known key";
        if (const auto near = suggest(name, known)) {
            problem += "; did you mean " + *near + "?";
        }
        problems_.push_back(std::move(problem));
    }

    template <class Origin>
    void merge(wire::Value& into, const wire::Value& from, const wire::Schema& schema,
               const std::string& path, const Origin& origin) {
        if (from.if_object() == nullptr) {
            problems_.push_back(origin(path) + ": " + path + " must be a map");
            return;
        }
        for (const auto& [name, value] : *from.if_object()) {
            const std::string here = join(path, name);
            const auto* property = find_property(schema, name);
            if (property == nullptr) {
                std::vector<std::string> known;
                for (const auto& one : schema.properties) {
                    known.push_back(one.name);
                }
                unknown(origin(here), here, name, known);
                continue;
            }
            const wire::Schema& type = property->type.front();
            if (type.kind == Kind_::object && value.if_object() != nullptr) {
                wire::Value nested =
                    into.find(name) != nullptr ? *into.find(name) : wire::Value{wire::Object{}};
                merge(nested, value, type, here, origin);
                into.set(name, std::move(nested));
                continue;
            }
            into.set(name, coerce(value, type));
            origins_[here] = origin(here);
        }
    }

    void check_section(const ConfigSection& section);
    void check_value(const wire::Value& value, const wire::Schema& schema, const std::string& path);
    void check_limits(const wire::Value& value, const wire::Schema::Property& property,
                      const std::string& path);
    void complain(const std::string& path, const std::string& what) {
        const auto origin = origins_.find(path);
        problems_.push_back((origin == origins_.end() ? std::string{"default"} : origin->second) +
                            ": " + path + " " + what);
    }

    const std::vector<ConfigSection>& sections_;
    std::map<std::string, wire::Value>& values_;
    std::map<std::string, std::string>& origins_;
    std::vector<std::string> problems_;
};

void Loader::check_section(const ConfigSection& section) {
    check_value(values_[section.name], section.schema, section.name);
}

void Loader::check_limits(const wire::Value& value, const wire::Schema::Property& property,
                          const std::string& path) {
    std::int64_t size = 0;
    if (const auto* whole = std::get_if<std::int64_t>(&value.any())) {
        size = *whole;
    } else if (const std::string* text = value.if_string()) {
        size = static_cast<std::int64_t>(count_characters(*text));
    } else if (const wire::Array* items = value.if_array()) {
        size = static_cast<std::int64_t>(items->size());
    } else {
        return;
    }
    if ((property.min && size < *property.min) || (property.max && size > *property.max)) {
        complain(path,
                 "must be " + std::to_string(property.min.value_or(0)) + " to " +
                     (property.max ? std::to_string(*property.max) : std::string{"any size"}) +
                     ", not " + std::to_string(size));
    }
}

void Loader::check_value(const wire::Value& value, const wire::Schema& schema,
                         const std::string& path) {
    switch (schema.kind) {
        case Kind_::boolean:
            return value.if_bool() != nullptr ? void() : complain(path, "must be true or false");
        case Kind_::integer:
            return std::holds_alternative<std::int64_t>(value.any())
                       ? void()
                       : complain(path, "must be a whole number");
        case Kind_::number:
            return value.is_number() ? void() : complain(path, "must be a number");
        case Kind_::array:
            if (value.if_array() == nullptr) {
                return complain(path, "must be a list");
            }
            for (std::size_t i = 0; i < value.if_array()->size(); ++i) {
                check_value((*value.if_array())[i], schema.item.front(),
                            path + "[" + std::to_string(i) + "]");
            }
            return;
        case Kind_::enumeration:
            if (value.if_string() == nullptr ||
                std::ranges::find(schema.values, *value.if_string()) == schema.values.end()) {
                std::string known;
                for (const std::string& one : schema.values) {
                    known += (known.empty() ? "" : ", ") + one;
                }
                complain(path, "must be one of " + known);
            }
            return;
        case Kind_::object:
            if (value.if_object() == nullptr) {
                return complain(path, "must be a map");
            }
            for (const auto& [name, member] : *value.if_object()) {
                const auto* property = find_property(schema, name);
                if (property == nullptr) {
                    complain(path + "." + name, "is not a known key");
                } else if (!(property->nullable && member.is_null())) {
                    check_value(member, property->type.front(), path + "." + name);
                    check_limits(member, *property, path + "." + name);
                }
            }
            return;
        default:
            return value.if_string() != nullptr ? void() : complain(path, "must be a text");
    }
}

// As it may be shown: without keys and passwords, wherever they stand.
wire::Value shown(const std::string& name, const wire::Value& value) {
    if (const std::string* text = value.if_string()) {
        return wire::Value{sounds_secret(name) && !text->empty() ? "***" : hide_credentials(*text)};
    }
    if (const wire::Array* items = value.if_array()) {
        wire::Array out;
        for (const wire::Value& item : *items) {
            out.push_back(shown(name, item));
        }
        return out;
    }
    if (const wire::Object* members = value.if_object()) {
        // {"name": "X-Api-Key", "value": ...} says by its name what its value is.
        const wire::Value* named = value.find("name");
        const bool is_pair = named != nullptr && named->if_string() != nullptr;
        wire::Object out;
        for (const auto& [key, member] : *members) {
            const std::string& says = is_pair && key == "value" ? *named->if_string() : key;
            out.emplace_back(key, shown(says, member));
        }
        return out;
    }
    return value;
}

void flatten(const wire::Value& value, const wire::Schema& schema, const std::string& path,
             const std::map<std::string, std::string>& origins, std::vector<ConfigLine>& out) {
    for (const auto& property : schema.properties) {
        const std::string here = path + "." + property.name;
        const wire::Value* member = value.find(property.name);
        const wire::Schema& type = property.type.front();
        if (type.kind == Kind_::object && !property.nullable && member != nullptr) {
            flatten(*member, type, here, origins, out);
            continue;
        }
        const auto origin = origins.find(here);
        out.push_back(
            {.path = here,
             .value = member != nullptr ? wire::to_json(shown(property.name, *member)) : "null",
             .origin = origin == origins.end() ? "default" : origin->second,
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
            name.starts_with("LOQUAT_") && name.find("__") != std::string_view::npos;
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
    Loader loader{sections, config.values_, config.origins_};
    if (!sources.file.empty()) {
        loader.add_file(sources.file);
    }
    for (const auto& [name, text] : sources.environment) {
        std::string path = to_lower_ascii(name.substr(std::string_view{"LOQUAT_"}.size()));
        for (std::size_t at = path.find("__"); at != std::string::npos;
             at = path.find("__", at + 1)) {
            path.replace(at, 2, ".");
        }
        loader.add_setting(path, text, name);
    }
    for (const std::string& setting : sources.settings) {
        const std::size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw Failure{Kind::invalid, "config.invalid",
                          "--set " + hide_credentials(setting) + ": write it as section.key=value"};
        }
        loader.add_setting(setting.substr(0, equals), setting.substr(equals + 1), "--set");
    }
    loader.check();
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

}  // namespace loquat::runtime
