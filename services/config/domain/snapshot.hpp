#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "services/config/domain/environment.hpp"

namespace loquat::config {

// All files of a label as they were at one moment; never changes.
struct Snapshot {
    std::string version;              // the commit, or empty for a folder
    std::vector<ConfigFile> configs;  // that could be read
    struct File {
        std::string text;
        Time changed_at{};
    };
    std::map<std::string, File, std::less<>> files;  // by path below the folder
    // What could not be read, with why: requests that need it fail, others do not.
    std::map<std::string, std::string, std::less<>> broken;  // stem -> reason
};

// Where snapshots come from.
class Snapshots {
  public:
    virtual ~Snapshots() = default;
    virtual std::string default_label() const = 0;
    // Null when there is no such label.
    virtual std::shared_ptr<const Snapshot> find(std::string_view label) const = 0;
};

}  // namespace loquat::config
