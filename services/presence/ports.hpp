#pragma once
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/presence.hpp"

namespace loquat::presence {

class PeersPort {
  public:
    virtual ~PeersPort() = default;
    // Everyone who shares a conversation with that person.  Throws upstream.* when chat does not
    // answer.
    virtual Task<std::vector<UserId>> list_peers(UserId user) = 0;
};

class WatchersPort {
  public:
    virtual ~WatchersPort() = default;
    // `presence` is told to `watcher`.
    virtual void tell(const UserId& watcher, const contracts::Presence& presence) = 0;
};

}  // namespace loquat::presence
