#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "net/tls/context.hpp"
#include "runtime/tls/watched_files.hpp"
#include "services/gateway/config.hpp"

namespace loquat::gateway {

// What the port that people use listens with, for all loops: taken again when the files of
// `gateway.tls` change.  What is no pair, or not valid now, is logged, and the old one goes on. New
// connections get the new one; those that are open keep theirs.  Any thread.
class PublicCertificate {
  public:
    using Context = std::shared_ptr<const net::tls::ServerContext>;

    // `make` gives what those files hold, or, where there are none, what is used all the time;
    // null: the port speaks plain HTTP.
    PublicCertificate(const GatewayConfig& config, const std::function<Context()>& make,
                      const Clock& clock);

    bool is_there() const { return is_there_; }
    Context context() const;

    // Takes the files when they have changed.  `look` is for who looks often.  Both read, and block
    // for that long.
    void look();
    void reload();
    // How long the present one is still valid; 0 where no file says so.
    std::chrono::seconds time_left() const;

  private:
    void take(runtime::WatchedFiles::Word word);
    void load();

    const TlsConfig files_;
    const net::tls::ServerContext::Offer offer_;
    const Clock& clock_;
    runtime::WatchedFiles watched_;  // before they are read
    mutable std::mutex mutex_;
    Context context_;
    const bool is_there_;
    Time until_{};
};

}  // namespace loquat::gateway
