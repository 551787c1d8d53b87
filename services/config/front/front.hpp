#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/crypto/text_cipher.hpp"
#include "services/config/domain/environment.hpp"
#include "services/config/domain/search.hpp"
#include "services/config/domain/snapshot.hpp"
#include "services/config/ports.hpp"

namespace loquat::config {

// A request as the front needs it: without sockets, so that every answer is a test.
struct ConfigRequest {
    std::string_view method;
    std::vector<std::string> path;  // segments, each decoded once
    std::vector<std::pair<std::string, std::string>> query;
    std::string_view body;
    std::string_view content_type;
    std::string_view accept;
    std::string_view if_modified_since;
};

struct ConfigReply {
    int status = 200;
    std::string type;
    std::string body;
    std::string last_modified = {};  // an HTTP date; of plain files
};

struct FrontSettings {
    std::vector<std::string> search_paths;
    std::vector<Entry> overrides;  // stronger than every file
    bool accepts_empty = true;     // else 404 for who has no file at all
};

// The REST interface of Spring Cloud Config Server (docs/protocols/config.md).  All of it throws
// Failure `config.bad_name` (malformed) for what is no name, `config.malformed` (internal) for a
// file that cannot be read, and what placeholders throw.
class ConfigFront {
  public:
    // `cipher` may be null: what is encrypted then stays so.  Both outlive the front.
    ConfigFront(const ReaderPort& reader, const net::TextCipher* cipher, FrontSettings settings)
        : reader_(reader), cipher_(cipher), settings_(std::move(settings)) {}

    // Labels whose files the answer needs, the strongest first; an empty one is the default.
    std::vector<std::string> labels_of(const ConfigRequest& request) const;
    // `snapshots` are those of these labels, in their order.
    ConfigReply answer(const ConfigRequest& request, std::span<const SnapshotPtr> snapshots) const;

    // What that one is configured with; what is encrypted is decrypted.
    std::vector<PropertySource> sources(const Wanted& wanted, const Snapshot& snapshot) const;
    const FrontSettings& settings() const { return settings_; }
    void set_accepts_empty(bool accepts) { settings_.accepts_empty = accepts; }

  private:
    using Snapshots = std::span<const SnapshotPtr>;
    // What the path of a GET asks for.
    struct Ask;

    Ask read(const ConfigRequest& request) const;
    ConfigReply show_environment(const ConfigRequest& request, const Ask& ask,
                                 Snapshots snapshots) const;
    ConfigReply show_file(const ConfigRequest& request, const Ask& ask, Snapshots snapshots) const;
    ConfigReply show_plain(const ConfigRequest& request, const Ask& ask, Snapshots snapshots) const;
    std::vector<PropertySource> all_sources(const Ask& ask, Snapshots snapshots) const;
    const Snapshot::Parsed& parsed(const Snapshot& snapshot, const std::string& path) const;
    void decrypt(std::vector<PropertySource>& sources) const;

    const ReaderPort& reader_;
    const net::TextCipher* cipher_;
    FrontSettings settings_;
};

}  // namespace loquat::config
