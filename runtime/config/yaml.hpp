#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json.hpp"

namespace loquat::runtime {

// A YAML file as values: scalars are strings (their type comes from the schema), null stays null.
struct YamlDocument {
    wire::Value root;
    std::map<std::string, int> lines;  // dotted path -> line, from 1
    std::vector<std::string> twice;    // paths of keys that stand there more than once
};

// Throws Failure `config.unreadable` with file and line.
YamlDocument read_yaml(const std::filesystem::path& file);
// One value as it may stand in a file: [a, b]; none for what is no YAML.
std::optional<wire::Value> parse_yaml_value(std::string_view text);

}  // namespace loquat::runtime
