#include "runtime/config/loader.hpp"

#include <algorithm>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "runtime/config/served.hpp"
#include "runtime/config/settings.hpp"
#include "runtime/config/values.hpp"
#include "runtime/config/yaml.hpp"

namespace loquat::runtime {
namespace {

using Kind_ = wire::Schema::Kind;

constexpr std::string_view variable_start = "LOQUAT_";

std::string with_single_underscores(std::string path) {
    std::ranges::replace(path, '.', '_');
    return path;
}

// What an orchestrator sets for a service of that name: LOQUAT_GATEWAY_PORT=tcp://10.0.0.1:80.
bool is_of_an_orchestrator(std::string_view name, std::string_view text) {
    return text.starts_with("tcp://") || text.starts_with("udp://") ||
           name.find("_SERVICE_") != std::string_view::npos ||
           name.find("_PORT_") != std::string_view::npos;
}

}  // namespace

ConfigLoader::ConfigLoader(const std::vector<ConfigSection>& sections, Into into)
    : sections_(sections), into_(into), findings_(into.origins) {
    for (const ConfigSection& section : sections) {
        into_.values[section.name] = section.defaults;
    }
}

const std::vector<std::string>& ConfigLoader::paths() {
    if (paths_.empty()) {
        for (SettingDoc& setting : describe_settings(sections_)) {
            if (setting.path.find('[') == std::string::npos) {
                paths_.push_back(std::move(setting.path));
            }
        }
    }
    return paths_;
}

const ConfigSection* ConfigLoader::find_section(const std::string& name) const {
    const auto found = std::ranges::find(sections_, name, &ConfigSection::name);
    return found == sections_.end() ? nullptr : &*found;
}

void ConfigLoader::add_file(const std::filesystem::path& file) {
    const YamlDocument document = read_yaml(file);
    const std::string name = file.filename().string();
    const Place place = [&](const std::string& path) {
        const auto line = document.lines.find(path);
        return line == document.lines.end() ? name : name + ":" + std::to_string(line->second);
    };
    for (const std::string& path : document.twice) {
        findings_.add_at(place(path), path + " stands there twice");
    }
    // Foreign settings may stand in the file itself; a setting that names another file comes after.
    for (const auto& [name, value] : *document.root.if_object()) {
        if (const ConfigSection* section = find_foreign(name)) {
            const wire::Value own{wire::Object{{section->foreign->file, file.string()}}};
            const Place here = [&](const std::string&) { return place(name); };
            merge(into_.values[section->name], own, section->schema, section->name, here);
            break;
        }
    }
    for (const auto& [section_name, value] : *document.root.if_object()) {
        const ConfigSection* section = find_section(section_name);
        if (section == nullptr && find_foreign(section_name) != nullptr) {
            continue;
        }
        if (section == nullptr) {
            unknown(section_name, place(section_name));
        } else if (!value.is_null()) {
            merge(into_.values[section_name], value, section->schema, section_name, place);
        }
    }
    make_moves();
}

void ConfigLoader::add_served(const std::vector<ServedSetting>& served) {
    for (const ServedSetting& one : served) {
        add_one_served(one);
    }
    const Place place = [this](const std::string& path) {
        const auto found = served_by_path_.lower_bound(path);
        return found != served_by_path_.end() && found->first.starts_with(path)
                   ? found->second->origin
                   : std::string{"config server"};
    };
    for (const auto& [name, tree] : served_) {
        merge(into_.values[name], tree, find_section(name)->schema, name, place);
    }
    make_moves();
    if (!foreign_.empty()) {
        show_foreign();
    }
}

void ConfigLoader::add_one_served(const ServedSetting& one) {
    constexpr std::string_view broken = "invalid.";
    const bool is_broken = one.path.starts_with(broken);
    const std::string path = is_broken ? one.path.substr(broken.size()) : one.path;
    const auto parts = parts_of_setting(path);
    const bool is_ours = parts && find_section(parts->front()) != nullptr;
    const bool is_foreign = !is_ours && find_covering(path) != nullptr;
    if (!is_ours && !is_foreign && (one.is_shared || one.path.starts_with("spring."))) {
        return;
    }
    const std::string* text = one.value.if_string();
    const std::string plain = text != nullptr       ? *text
                              : one.value.is_null() ? std::string{}
                                                    : wire::to_json(one.value);
    if (is_broken) {
        findings_.add_at(one.origin, path + " could not be decrypted by the config server");
    } else if (is_foreign) {
        add_foreign(path, plain, one.origin);
    } else if (!is_ours || parts->size() < 2) {
        unknown(path, one.origin);
    } else if (one.is_shared && !is_setting(*parts)) {
        into_.warnings.push_back(one.origin + ": " + path + " is no setting of Loquat's");
    } else {
        put_setting(served_[parts->front()], {parts->begin() + 1, parts->end()}, plain);
        served_by_path_[path] = &one;
    }
}

const ConfigSection* ConfigLoader::find_foreign(std::string_view name) const {
    const std::string_view first = name.substr(0, name.find('.'));
    const auto found = std::ranges::find_if(sections_, [first](const ConfigSection& section) {
        return section.foreign && section.foreign->prefix.starts_with(first) &&
               section.foreign->prefix.substr(first.size()).starts_with('.');
    });
    return found == sections_.end() ? nullptr : &*found;
}

const ConfigSection* ConfigLoader::find_covering(std::string_view path) const {
    const ConfigSection* section = find_foreign(path);
    return section != nullptr && section->foreign->covers(path) ? section : nullptr;
}

void ConfigLoader::add_foreign(const std::string& path, const std::string& text,
                               const std::string& origin) {
    foreign_[find_covering(path)->name][path] = {text, origin};
}

// As the sections see them: lists of their own.
void ConfigLoader::show_foreign() {
    for (const ConfigSection& section : sections_) {
        if (!section.foreign) {
            continue;
        }
        const std::string here = section.name + "." + section.foreign->list;
        const auto& all = foreign_[section.name];
        into_.origins.set(here, all.empty() ? "default" : all.begin()->second.origin);
        wire::Array items;
        for (const auto& [path, one] : all) {
            into_.origins.set_inner(here + "[" + std::to_string(items.size()) + "]", one.origin);
            items.emplace_back(
                wire::Object{{"path", path}, {"value", one.text}, {"origin", one.origin}});
        }
        into_.values[section.name].set(section.foreign->list, std::move(items));
    }
}

bool ConfigLoader::is_path(const std::string& path) {
    return std::ranges::find(paths(), path) != paths_.end();
}

bool ConfigLoader::is_setting(const std::vector<std::string>& parts) {
    std::string path;
    for (const std::string& part : parts) {
        if (part.starts_with('[')) {
            break;
        }
        path += (path.empty() ? "" : ".") + part;
    }
    return is_path(path);
}

void ConfigLoader::add_variable(const std::string& name, const std::string& text) {
    std::string path = to_lower_ascii(std::string_view{name}.substr(variable_start.size()));
    if (path.find("__") != std::string::npos) {
        for (std::size_t at = path.find("__"); at != std::string::npos; at = path.find("__", at)) {
            path.replace(at, 2, ".");
        }
        return add_path(path, text, name);
    }
    if (is_of_an_orchestrator(name, text)) {
        return;
    }
    std::vector<std::string> known;
    for (const std::string& one : paths()) {
        known.push_back(with_single_underscores(one));
        if (known.back() == path) {
            return findings_.add_at(name, "is no setting; parts are joined by two underscores: " +
                                              variable_of_setting(one));
        }
    }
    const bool names_section = std::ranges::any_of(sections_, [&](const ConfigSection& section) {
        return path.starts_with(section.name + "_");
    });
    if (const auto near = names_section ? suggest(path, known) : std::nullopt) {
        const auto at = std::ranges::find(known, *near) - known.begin();
        into_.warnings.push_back(name + ": is no setting and is not read; did you mean " +
                                 variable_of_setting(paths()[static_cast<std::size_t>(at)]) + "?");
    }
}

void ConfigLoader::add_setting(const std::string& setting, const std::string& origin) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
        findings_.add_at(
            origin, hide_credentials(setting) + " is no setting; write it as section.key=value");
        return;
    }
    add_path(setting.substr(0, equals), setting.substr(equals + 1), origin);
}

void ConfigLoader::add_path(const std::string& path, const std::string& text,
                            const std::string& origin) {
    if (find_covering(path) != nullptr) {
        if (path.contains('[')) {
            return findings_.add_at(origin, path + ": a list is given whole, by a file");
        }
        add_foreign(path, text, origin);
        return show_foreign();
    }
    const auto parts = split(path, '.');
    const ConfigSection* section = find_section(std::string{parts.front()});
    if (section == nullptr) {
        return unknown(path, origin);
    }
    if (parts.size() == 1) {
        return findings_.add_at(
            origin, path + " is a section; name one of its keys, such as " + near_path(path + "."));
    }
    wire::Value value = text;
    for (std::size_t i = parts.size() - 1; i >= 1; --i) {
        value = wire::Value{wire::Object{{std::string{parts[i]}, std::move(value)}}};
    }
    merge(into_.values[section->name], value, section->schema, section->name,
          [&origin](const std::string&) { return origin; });
    make_moves();
    if (section->foreign && path == section->name + "." + section->foreign->file) {
        foreign_.erase(section->name);
        show_foreign();
    }
}

void ConfigLoader::check_values() {
    for (const ConfigSection& section : sections_) {
        runtime::check_values(into_.values[section.name], section.defaults, section.schema,
                              section.name, findings_);
    }
}

void ConfigLoader::merge(wire::Value& into, const wire::Value& from, const wire::Schema& schema,
                         const std::string& path, const Place& place) {
    if (from.if_object() == nullptr) {
        findings_.add_at(place(path), path + " must be a map");
        return;
    }
    for (const auto& [name, value] : *from.if_object()) {
        const std::string here = path + "." + name;
        const auto* property = find_property(schema, name);
        if (property == nullptr) {
            if (!move(here, value, place)) {
                unknown(here, place(here));
            }
            continue;
        }
        const wire::Schema& type = property->type.front();
        const bool is_group = type.kind == Kind_::object || type.kind == Kind_::array;
        if (is_group && value.is_null()) {
            continue;  // a heading without anything below it
        }
        wire::Value fitted = coerce(value, type);
        if (type.kind == Kind_::object && fitted.if_object() != nullptr) {
            wire::Value nested =
                into.find(name) != nullptr ? *into.find(name) : wire::Value{wire::Object{}};
            merge(nested, fitted, type, here, place);
            into.set(name, std::move(nested));
            continue;
        }
        set(into, name, std::move(fitted), here, place);
    }
}

void ConfigLoader::set(wire::Value& into, const std::string& name, wire::Value value,
                       const std::string& path, const Place& place) {
    into_.origins.set(path, place(path));
    note_items(value, path, path, place);
    into.set(name, std::move(value));
}

// A finding about an item says the line of that item.
void ConfigLoader::note_items(const wire::Value& value, const std::string& path,
                              const std::string& written, const Place& place) {
    const auto note = [&](const wire::Value& inner, const std::string& end) {
        into_.origins.set_inner(path + end, place(written + end));
        note_items(inner, path + end, written + end, place);
    };
    if (const wire::Array* items = value.if_array()) {
        for (std::size_t i = 0; i < items->size(); ++i) {
            note((*items)[i], "[" + std::to_string(i) + "]");
        }
    } else if (const wire::Object* members = value.if_object()) {
        for (const auto& [name, member] : *members) {
            note(member, "." + name);
        }
    }
}

// Moved once the source is read: beside the new name in the same file both count.
bool ConfigLoader::move(const std::string& path, const wire::Value& value, const Place& place) {
    for (const ConfigSection& section : sections_) {
        const auto renamed = std::ranges::find(section.renamed, path, &RenamedSetting::before);
        if (renamed != section.renamed.end()) {
            moves_.push_back({&section, renamed->now, place(path) + ": " + path, value});
            return true;
        }
    }
    return false;
}

void ConfigLoader::make_moves() {
    for (const Move& one : std::exchange(moves_, {})) {
        const std::string now = one.section->name + "." + one.key;
        into_.warnings.push_back(one.from + " is now " + now +
                                 "; the old name is still understood");
        wire::Value& target = into_.values[one.section->name];
        const wire::Schema& type = find_property(one.section->schema, one.key)->type.front();
        wire::Value fitted = coerce(one.value, type);
        const wire::Value* old = target.find(one.key);
        if (old != nullptr && old->if_array() != nullptr && fitted.if_array() != nullptr) {
            wire::Array all = *old->if_array();
            for (const wire::Value& item : *fitted.if_array()) {
                into_.origins.set_inner(now + "[" + std::to_string(all.size()) + "]", one.from);
                all.push_back(item);
            }
            fitted = std::move(all);
        } else {
            into_.origins.set(now, one.from);
        }
        target.set(one.key, std::move(fitted));
    }
}

void ConfigLoader::unknown(const std::string& path, const std::string& origin) {
    std::string problem = path + " is not a known key";
    if (is_path(path)) {
        problem += "; in a file its parts stand below each other, as in chat: {members_max: 50}";
    } else if (const std::size_t bracket = path.find('['); is_path(path.substr(0, bracket))) {
        problem += "; a list is given whole: " + path.substr(0, bracket) + "=[...]";
    } else if (const std::string near = near_path(path); !near.empty()) {
        // Beside it the last part says enough.
        const std::string_view parent = std::string_view{path}.substr(0, path.rfind('.') + 1);
        const bool is_beside = near.starts_with(parent) && !parent.empty();
        problem += "; did you mean " + (is_beside ? near.substr(parent.size()) : near) + "?";
    }
    findings_.add_at(origin, problem);
}

std::string ConfigLoader::near_path(const std::string& path) {
    return suggest_setting(path, paths());
}

}  // namespace loquat::runtime
