#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/config/domain/entry.hpp"

namespace loquat::config {

// A file as the environment takes it.
struct ConfigFile {
    std::string stem;  // `chat-dev`
    std::string name;  // as clients are told it: `file:/etc/loquat/chat-dev.yml`
    std::vector<Document> documents;
};

struct PropertySource {
    std::string name;
    std::vector<Entry> entries;
};

// What an application is configured with: sources, of which earlier ones win.
struct Environment {
    std::string name;
    std::vector<std::string> profiles;
    std::optional<std::string> label;
    std::string version;
    std::vector<PropertySource> sources;
};

// Stems of files that configure these applications with these profiles; what is stronger first:
// each application with each profile, the last one first, then `application` with each, then each
// application, then `application`.
std::vector<std::string> stems_of(std::span<const std::string> applications,
                                  std::span<const std::string> profiles);

// The documents of the files that hold for these profiles, in that order; of one file the later
// document is stronger.  `overrides` are stronger than all.
std::vector<PropertySource> order_sources(std::span<const ConfigFile> files,
                                          std::span<const std::string> applications,
                                          std::span<const std::string> profiles,
                                          const std::vector<Entry>& overrides);

// All sources as one: of each name the strongest; a list is taken whole from the strongest that has
// any of it.
std::vector<Entry> merge(std::span<const PropertySource> sources);

// Fills in `${name}` and `${name:otherwise}` out of entries, which must live on; what is not known
// stays as it is.
class Placeholders {
  public:
    explicit Placeholders(std::span<const Entry> entries);

    // Throws Failure `config.malformed` (invalid) for a circle, and once all texts together have
    // become longer than 8 MiB.
    std::string resolve(std::string_view text);

  private:
    std::string resolve(std::string_view text, std::size_t depth);
    std::string value_of(std::string_view placeholder, std::size_t depth);

    std::unordered_map<std::string_view, const Entry*> known_;
    std::size_t bytes_ = 0;
};

}  // namespace loquat::config
