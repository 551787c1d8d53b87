#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "wire/json.hpp"

namespace loquat::runtime {

// A YAML file as values: scalars are strings (their type comes from the schema), null stays null.
struct YamlDocument {
    wire::Value root;
    std::map<std::string, int> lines;  // dotted path -> line, from 1
};

// Throws Failure `config.unreadable` with file and line.
YamlDocument read_yaml(const std::filesystem::path& file);

}  // namespace loquat::runtime
