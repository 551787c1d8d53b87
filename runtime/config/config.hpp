#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/config/findings.hpp"
#include "wire/codec.hpp"
#include "wire/schema.hpp"

namespace loquat::runtime {

class Config;

// Says what is wrong with values whose types and limits are good: addresses, files that cannot be
// read, names that nothing has.  May read files; changes nothing.
using ConfigCheck = std::function<void(const Config& config, ConfigFindings& findings)>;

// A setting of this section that had another name before: gateway.origins is platform.origins.
struct RenamedSetting {
    std::string before;  // the whole path
    std::string now;     // the key here
};

// Settings of another program that a section understands as they are: spring.cloud.gateway.routes.
// Each one becomes an item {path, value, origin} of a list of the section.
struct ForeignSettings {
    std::string prefix;  // what their paths begin with: spring.cloud.gateway
    std::string list;    // the section's key
    // The section's key that names a file of such settings.  That file is weaker than the list; one
    // that a stronger source than a config server names takes the list's place.
    std::string file;

    bool covers(std::string_view path) const {
        return path.starts_with(prefix) && path.substr(prefix.size()).starts_with('.');
    }
};

// A service's part of the configuration: its struct's defaults and shape.
struct ConfigSection {
    std::string name;
    wire::Value defaults;
    wire::Schema schema;
    std::map<std::string, wire::Value> item_defaults;  // gateway.routes[]: the fields of an item
    ConfigCheck check = nullptr;
    std::vector<RenamedSetting> renamed;
    std::vector<std::string> live;  // whole paths of what may change while running
    std::optional<ForeignSettings> foreign = std::nullopt;
};

namespace detail {

// A struct of settings says `static constexpr std::array<std::string_view, N> live{"name", ...}`
// for those that its service takes while running (Service::reload); the name of a map or list
// stands for all of it.
template <class T>
constexpr bool live_names_are_members() {
    bool all = true;
    for (const std::string_view wanted : T::live) {
        bool is_there = false;
        wire::for_each_member<T>(
            [&](std::string_view name, auto) { is_there = is_there || name == wanted; });
        all = all && is_there;
    }
    return all;
}

template <class T>
void collect_live(const std::string& path, std::vector<std::string>& out) {
    if constexpr (requires { T::live; }) {
        static_assert(live_names_are_members<T>(), "`live` names what is no setting");
        for (const std::string_view name : T::live) {
            out.push_back(path + "." + std::string{name});
        }
    }
    wire::for_each_member<T>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
        if constexpr (wire::Described<M>) {
            collect_live<M>(path + "." + std::string{name}, out);
        }
    });
}

template <class T>
void collect_item_defaults(const std::string& path, std::map<std::string, wire::Value>& out) {
    wire::for_each_member<T>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
        const std::string here = path + "." + std::string{name};
        if constexpr (wire::Described<M>) {
            collect_item_defaults<M>(here, out);
        } else if constexpr (wire::detail::IsVector<M>::value) {
            using Item = typename M::value_type;
            if constexpr (wire::Described<Item>) {
                out[here + "[]"] = wire::parse(wire::encode(Item{}));
                collect_item_defaults<Item>(here + "[]", out);
            }
        }
    });
}

}  // namespace detail

template <class T>
ConfigSection config_section(std::string name, ConfigCheck check = nullptr) {
    ConfigSection section{.defaults = wire::parse(wire::encode(T{})),
                          .schema = wire::schema_of<T>(),
                          .check = std::move(check)};
    detail::collect_item_defaults<T>(name, section.item_defaults);
    detail::collect_live<T>(name, section.live);
    section.name = std::move(name);
    return section;
}

// A flag that is the short form of a setting.
struct ConfigFlag {
    std::string name;     // --port
    std::string setting;  // gateway.port=9000
};

// One setting that the config server gave.
struct ServedSetting {
    std::string path;    // gateway.routes[0].id
    wire::Value value;   // null, boolean, number or text
    std::string origin;  // gateway.yml:3 of the config server (main, 1f2e3d4)
    // In a file for everybody, where other programs have settings too: what is none of ours is
    // theirs.
    bool is_shared = false;
};

// Where values may come from; later ones win: defaults, file, config server, environment, --set,
// flags.
struct ConfigSources {
    std::filesystem::path file;         // empty: none
    std::vector<ServedSetting> served;  // of the config server; each path once
    std::vector<std::pair<std::string, std::string>>
        environment;                    // LOQUAT_CHAT__TEXT_CHARACTERS_MAX=...
    std::vector<std::string> settings;  // chat.text_characters_max=...
    std::vector<ConfigFlag> flags;
};

// All LOQUAT_* variables of this process except LOQUAT_CONFIG and LOQUAT_DATA.
std::vector<std::pair<std::string, std::string>> read_environment();
// One variable; empty when unset.  The only other getenv of the program.
std::string environment_value(const char* name);

// One value with its origin, for `config show`.
struct ConfigLine {
    std::string path;    // chat.text_characters_max
    std::string value;   // as JSON; secrets are shown as "***"
    std::string origin;  // default, loquat.yaml:12, LOQUAT_..., --set
    std::string doc;
    bool is_live = false;  // may change while running
};

// What became of a configuration that was read again.
struct ConfigChange {
    std::vector<std::string> changed;  // settings that hold from now on
    std::vector<std::string> waiting;  // differ, and hold from the next start on
};

// The whole configuration, checked.  Every value has a type from its section's struct.
class Config {
  public:
    // Throws Failure `config.invalid` (invalid) listing every problem with its origin: unknown keys
    // with a suggestion, wrong types, values out of range, and what the sections' checks find.
    static Config load(const std::vector<ConfigSection>& sections, const ConfigSources& sources);

    template <class T>
    T get(const std::string& section) const {
        return wire::decode<T>(value(section));
    }
    std::vector<ConfigLine> lines() const;
    // What of `fresh`, of the same sections, may change while running; the rest stays as it is
    // here.  Throws Failure `config.invalid` when the two do not go together.
    Config with_live(const Config& fresh) const;
    // `after` is what became of this one by `with_live(fresh)`.  Of foreign settings each is named.
    ConfigChange change_to(const Config& after, const Config& fresh) const;
    // What is understood but should be written another way, each with its origin.
    const std::vector<std::string>& warnings() const { return warnings_; }
    // The names of all sections.
    std::vector<std::string> section_names() const;

  private:
    const wire::Value& value(const std::string& section) const;
    void run_checks(ConfigFindings& findings) const;

    std::vector<ConfigSection> sections_;
    std::map<std::string, wire::Value> values_;
    ConfigOrigins origins_;
    std::vector<std::string> warnings_;
};

}  // namespace loquat::runtime
