#pragma once
#include "contracts/chat.hpp"
#include "contracts/client.hpp"
#include "services/presence/ports.hpp"

namespace loquat::presence {

// Who shares a conversation with whom, as the chat service knows.
class ChatPeers final : public PeersPort {
  public:
    explicit ChatPeers(contracts::Client<contracts::ChatApi> chat) : chat_(std::move(chat)) {}

    Task<std::vector<UserId>> list_peers(UserId user) override {
        contracts::Caller caller;
        caller.user = user;
        const contracts::Empty nothing;
        auto peers =
            co_await chat_.call<&contracts::ChatApi::list_peers>(std::move(caller), nothing);
        co_return std::move(peers.ids);
    }

  private:
    contracts::Client<contracts::ChatApi> chat_;
};

}  // namespace loquat::presence
