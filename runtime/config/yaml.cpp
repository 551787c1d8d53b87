#include "runtime/config/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

wire::Value to_value(const YAML::Node& node, const std::string& path, YamlDocument& document) {
    document.lines[path] = node.Mark().line + 1;
    switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null:
            return nullptr;
        case YAML::NodeType::Scalar:
            return node.Scalar();
        case YAML::NodeType::Sequence: {
            wire::Array items;
            for (std::size_t i = 0; i < node.size(); ++i) {
                items.push_back(to_value(node[i], path + "[" + std::to_string(i) + "]", document));
            }
            return items;
        }
        case YAML::NodeType::Map: {
            wire::Object members;
            for (const auto& pair : node) {
                const std::string name = pair.first.as<std::string>();
                const std::string here = path.empty() ? name : path + "." + name;
                if (document.lines.contains(here)) {
                    document.twice.push_back(here);
                }
                members.emplace_back(name, to_value(pair.second, here, document));
                // A value that begins on a line of its own is looked for at its key.
                document.lines[here] = pair.first.Mark().line + 1;
            }
            return members;
        }
    }
    return nullptr;
}

}  // namespace

YamlDocument read_yaml(const std::filesystem::path& file) {
    try {
        YamlDocument document;
        document.root = to_value(YAML::LoadFile(file.string()), "", document);
        if (document.root.is_null()) {
            document.root = wire::Object{};
        }
        if (document.root.if_object() == nullptr) {
            throw Failure{Kind::invalid, "config.unreadable",
                          file.string() + ": must be a map of sections"};
        }
        return document;
    } catch (const YAML::BadFile&) {
        throw Failure{Kind::invalid, "config.unreadable", file.string() + ": cannot be opened"};
    } catch (const YAML::Exception& error) {
        throw Failure{Kind::invalid, "config.unreadable",
                      file.string() + ":" + std::to_string(error.mark.line + 1) + ": " + error.msg};
    }
}

std::optional<wire::Value> parse_yaml_value(std::string_view text) {
    try {
        YamlDocument unused;
        return to_value(YAML::Load(std::string{text}), "", unused);
    } catch (const YAML::Exception&) {
        return std::nullopt;
    }
}

}  // namespace loquat::runtime
