#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/crypto/text_cipher.hpp"
#include "services/config/domain/environment.hpp"
#include "services/config/domain/snapshot.hpp"

namespace loquat::config {

// A request as the front needs it: without sockets, so that every answer is a test.
struct ConfigRequest {
    std::string_view method;
    std::vector<std::string> path;  // segments, each decoded once
    std::vector<std::pair<std::string, std::string>> query;
    std::string_view body;
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
    std::vector<Entry> overrides;  // stronger than every file
    bool accepts_empty = true;     // else 404 for who has no file at all
};

// The REST interface of Spring Cloud Config Server (docs/protocols/config.md).
class ConfigFront {
  public:
    // `cipher` may be null: what is encrypted then stays so.
    ConfigFront(const Snapshots& snapshots, const net::TextCipher* cipher, FrontSettings settings)
        : snapshots_(snapshots), cipher_(cipher), settings_(std::move(settings)) {}

    ConfigReply answer(const ConfigRequest& request) const;
    // What that application is configured with; what is encrypted is decrypted.  Throws Failure
    // `config.unknown_label` (not_found), `config.malformed` (invalid), `request.invalid`.
    Environment environment(std::string_view application, std::string_view profiles,
                            std::optional<std::string_view> label) const;

  private:
    ConfigReply answer_get(const ConfigRequest& request) const;
    ConfigReply show_environment(const ConfigRequest& request) const;
    ConfigReply show_file(const ConfigRequest& request, const std::string& name,
                          std::optional<std::string_view> label) const;
    ConfigReply show_plain(const ConfigRequest& request) const;
    ConfigReply encrypt(const ConfigRequest& request) const;
    ConfigReply decrypt(const ConfigRequest& request) const;
    void decrypt_values(Environment& environment) const;

    const Snapshots& snapshots_;
    const net::TextCipher* cipher_;
    FrontSettings settings_;
};

}  // namespace loquat::config
