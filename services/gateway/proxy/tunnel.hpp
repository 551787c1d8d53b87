#pragma once
#include <memory>

#include "aio/scope.hpp"
#include "net/http/server.hpp"

namespace loquat::gateway {

struct Holder;

// Upgraded connections that pass through: bytes both ways, nothing read ahead of what the other
// side takes. One loop; one read buffer for all, so that a quiet tunnel holds none.
class Tunnels {
  public:
    explicit Tunnels(aio::Loop& loop);

    // `early` came from the upstream together with its 101.  Ends with the holder's session.
    void start(net::http::TakenStream client, net::Stream upstream, std::string early,
               const Holder& holder);
    std::size_t size() const { return open_; }
    // Waits until all have ended, at most to `deadline`, then closes them.
    Task<void> close(Steady deadline);

  private:
    struct Pair;

    Task<void> pump(std::shared_ptr<Pair> pair, net::Stream* from, net::Stream* to,
                    std::string early);
    Task<bool> pass_on(net::Stream& from, net::Stream& to);

    aio::Loop& loop_;
    std::unique_ptr<char[]> buffer_;
    std::size_t open_ = 0;
    aio::Scope scope_;
};

}  // namespace loquat::gateway
