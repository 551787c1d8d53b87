#pragma once
#include "contracts/chat/chat.hpp"
#include "contracts/core/client.hpp"
#include "services/presence/ports.hpp"

namespace loquat::presence {

// What the chat service knows.
class ChatMemberships final : public MembershipsPort {
  public:
    explicit ChatMemberships(contracts::Client<contracts::ChatApi> chat) : chat_(std::move(chat)) {}

    Task<std::vector<UserId>> filter_peers(UserId user, std::vector<UserId> others) override {
        contracts::Caller caller;
        caller.user = user;
        contracts::PeopleRequest request{std::move(others)};
        auto peers = co_await chat_.call<&contracts::ChatApi::filter_peers>(std::move(caller),
                                                                            std::move(request));
        co_return std::move(peers.ids);
    }

    Task<std::vector<contracts::Memberships>> list(std::vector<UserId> users) override {
        contracts::PeopleRequest request{std::move(users)};
        auto list =
            co_await chat_.call<&contracts::ChatApi::list_memberships>({}, std::move(request));
        co_return std::move(list.items);
    }

    Task<contracts::MembershipChanges> list_changes(contracts::MembershipMark after) override {
        co_return co_await chat_.call<&contracts::ChatApi::list_membership_changes>(
            {}, std::move(after));
    }

  private:
    contracts::Client<contracts::ChatApi> chat_;
};

}  // namespace loquat::presence
