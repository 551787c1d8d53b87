#pragma once
#include <span>
#include <string>
#include <vector>

#include "runtime/config/config.hpp"

namespace loquat::runtime {

// What a setting is, whatever its value.
struct SettingDoc {
    std::string path;      // chat.members_max; gateway.routes[].path for a field of each item
    std::string kind;      // "a whole number, 2 to 100000"
    std::string fallback;  // as JSON; empty for a field that every item must have
    std::string variable;  // LOQUAT_CHAT__MEMBERS_MAX; empty for a field of an item
    std::string doc;       // a sentence
    bool is_live = false;  // may change while running
};

// Whether the setting, or the list or map that it is in, may change while running.
bool is_live_setting(const ConfigSection& section, std::string_view path);

// All settings in the order of their structs; a list of maps is followed by the fields of its
// items.
std::vector<SettingDoc> describe_settings(const std::vector<ConfigSection>& sections);

// The settings that `path` names: one, those below it, or those that begin with it.
std::vector<SettingDoc> settings_below(const std::vector<SettingDoc>& all, const std::string& path);

// The one of `paths` that `path` may stand for: another spelling beside it, the same last part
// elsewhere, or a section spelt another way; empty when nothing is near.
std::string suggest_setting(const std::string& path, std::span<const std::string> paths);

// LOQUAT_CHAT__MEMBERS_MAX
std::string variable_of_setting(std::string_view path);

}  // namespace loquat::runtime
