#include "services/config/adapters/snapshot_builder.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "services/config/adapters/yaml_reader.hpp"
#include "services/config/domain/properties.hpp"

namespace loquat::config {
namespace {

struct Name {
    std::string folder;  // without a slash at its end
    std::string stem;
    std::string extension;
};

Name name_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    const std::size_t dot = path.rfind('.');
    const bool has_dot = dot != std::string::npos && dot > begin;
    return {.folder = path.substr(0, slash == std::string::npos ? 0 : slash),
            .stem = path.substr(begin, has_dot ? dot - begin : std::string::npos),
            .extension = has_dot ? path.substr(dot + 1) : std::string{}};
}

}  // namespace

std::shared_ptr<const Snapshot> build_snapshot(std::string version, Files files,
                                               const SnapshotRules& rules) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->version = std::move(version);
    std::vector<std::string> folders = rules.search_paths;
    if (folders.empty()) {
        folders.emplace_back();
    }
    for (const auto& [path, file] : files) {
        const Name name = name_of(path);
        const bool is_yaml = name.extension == "yml" || name.extension == "yaml";
        const bool is_config = (is_yaml || name.extension == "properties") &&
                               std::ranges::find(folders, name.folder) != folders.end();
        if (!is_config) {
            continue;
        }
        try {
            snapshot->configs.push_back(
                {.stem = name.stem,
                 .name = rules.name_prefix + path,
                 .documents = is_yaml ? read_yaml(file.text) : read_properties(file.text)});
        } catch (const Failure& failure) {
            snapshot->broken[name.stem] = path + ": " + failure.message;
        }
    }
    snapshot->files = std::move(files);
    return snapshot;
}

}  // namespace loquat::config
