#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "net/http/client.hpp"
#include "net/http/server.hpp"
#include "net/tls/authority.hpp"
#include "net/tls/trouble.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "runtime/tls/watched_files.hpp"

namespace loquat::runtime {

// The certificates of a process, as `platform.tls` names their files: what it listens with and
// calls with, taken again when the files change.  Any thread; reads files where it says so.
//
// Without any of them nothing is asked of anybody, and https is verified as a browser does.  With
// `ca` alone https is verified by that authority.  With all three TLS is mutual: who is called must
// have a certificate of the authority for the service that is meant, whatever its address.
class PlatformTls {
  public:
    // `services`: of this process; its certificate must name all.  Reads.  Throws `tls.bad_file`,
    // `tls.bad_certificate`, `tls.wrong_service`, `tls.unknown_authority`.
    PlatformTls(PlatformTlsConfig config, std::vector<std::string> services, const Clock& clock);

    bool is_mutual() const { return !config_.certificate.empty(); }
    const PlatformTlsConfig& config() const { return config_; }

    // For listeners; null unless mutual.
    std::shared_ptr<const net::tls::ServerContext> server() const;
    // For calls.
    std::shared_ptr<const net::tls::ClientContext> client() const;
    // Makes `config` speak with these certificates to `service`.
    net::http::ClientConfig for_calls(net::http::ClientConfig config, std::string service) const;
    // Makes `config` log whom it refuses.  This outlives the server.
    net::http::ServerConfig for_server(net::http::ServerConfig config);
    // The same context for each new connection of a listener; empty unless mutual.
    net::http::Server::TlsOfNow listens_with() const;

    // Takes the files when they have changed; what cannot be used is logged, and the old goes on.
    // `look` is for who looks often: files of which one half is new are looked at once more first.
    // Both read.
    void look();
    void reload();
    // Looks from time to time, for as long as it is not cancelled.
    Task<void> keep_looking();

    // When the own certificate ends; none without.
    std::optional<Time> expires_at() const;
    // Of the own certificate now: not valid any more, or not yet.
    std::optional<std::string> problem() const;
    // The files on disk cannot be used, and what was read before holds.
    bool is_refusing_files() const;

    // Counts, and logs the same once a minute.
    void count_in(Metrics& metrics);
    void note_refused(const net::Endpoint& peer, net::tls::Trouble trouble,
                      const std::string& reason);
    void note_refused(const std::string& peer, const char* code, const std::string& reason);
    void note_failed_call(const std::string& service, const Failure& failure);

  private:
    struct Loaded {
        std::shared_ptr<const net::tls::ServerContext> server;
        std::shared_ptr<const net::tls::ClientContext> client;
        std::optional<net::tls::CertificateFacts> facts;
    };

    Loaded load() const;
    void take(WatchedFiles::Word word);
    void warn_of_end();
    bool is_first_in_a_minute(const std::string& what);

    const PlatformTlsConfig config_;
    const std::vector<std::string> services_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    mutable Loaded loaded_;
    WatchedFiles files_;
    std::map<std::string, Time> noted_;  // when something was logged last
    Metrics* metrics_ = nullptr;
};

// Whether a Failure says that TLS or a certificate is what went wrong with a call.
bool is_of_tls(const Failure& failure);

}  // namespace loquat::runtime
