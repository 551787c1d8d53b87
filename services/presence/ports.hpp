#pragma once
#include <span>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/presence.hpp"

namespace loquat::presence {

class PeersPort {
  public:
    static constexpr std::size_t peers_max = 10'000;
    virtual ~PeersPort() = default;
    // Everyone who shares a conversation with that person now, at most `peers_max`.  Throws
    // upstream.* when chat does not answer.
    virtual Task<std::vector<UserId>> list_peers(UserId user) = 0;
};

class WatchersPort {
  public:
    virtual ~WatchersPort() = default;
    // All of `bodies`, each an event as JSON, to `watcher`; one publication.
    virtual void tell(const UserId& watcher, std::span<const std::string_view> bodies) = 0;
};

}  // namespace loquat::presence
