#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wire/codec.hpp"
#include "wire/schema.hpp"

namespace loquat::runtime {

// A service's part of the configuration: its struct's defaults and shape.
struct ConfigSection {
    std::string name;
    wire::Value defaults;
    wire::Schema schema;
};

template <class T>
ConfigSection config_section(std::string name) {
    return {std::move(name), wire::parse(wire::encode(T{})), wire::schema_of<T>()};
}

// Where values may come from; later ones win: defaults, file, environment, --set.
struct ConfigSources {
    std::filesystem::path file;  // empty: none
    std::vector<std::pair<std::string, std::string>>
        environment;                    // LOQUAT_CHAT__MESSAGE_CHARACTERS_MAX=...
    std::vector<std::string> settings;  // chat.message_characters_max=...
};

// All LOQUAT_* variables of this process except LOQUAT_CONFIG and LOQUAT_DATA.
std::vector<std::pair<std::string, std::string>> read_environment();
// One variable; empty when unset.  The only other getenv of the program.
std::string environment_value(const char* name);

// One value with its origin, for `config show`.
struct ConfigLine {
    std::string path;    // chat.message_characters_max
    std::string value;   // as JSON; secrets are shown as "***"
    std::string origin;  // default, loquat.yaml:12, LOQUAT_..., --set
    std::string doc;
};

// The whole configuration, checked.  Every value has a type from its section's struct.
class Config {
  public:
    // Throws Failure `config.invalid` (invalid) listing every problem with its origin: unknown keys
    // with a suggestion, wrong types, values out of range.
    static Config load(const std::vector<ConfigSection>& sections, const ConfigSources& sources);

    template <class T>
    T get(const std::string& section) const {
        return wire::decode<T>(value(section));
    }
    std::vector<ConfigLine> lines() const;

  private:
    const wire::Value& value(const std::string& section) const;

    std::vector<ConfigSection> sections_;
    std::map<std::string, wire::Value> values_;
    std::map<std::string, std::string> origins_;  // path -> where it was set
};

}  // namespace loquat::runtime
