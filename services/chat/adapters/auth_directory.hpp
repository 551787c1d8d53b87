#pragma once
#include "contracts/client.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

// Names from the auth service.
class AuthDirectory final : public Directory {
  public:
    explicit AuthDirectory(contracts::Client<contracts::AuthApi> auth) : auth_(std::move(auth)) {}

    Task<std::vector<contracts::PublicUser>> list_users(std::vector<UserId> ids) override {
        contracts::Caller caller;
        caller.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{2};
        contracts::UserIds request{std::move(ids)};
        auto answer = co_await auth_.call<&contracts::AuthApi::list_users_by_id>(
            std::move(caller), std::move(request));
        co_return std::move(answer.items);
    }

    Task<std::vector<UserId>> list_leaving() override {
        contracts::Caller caller;
        contracts::Empty request;
        auto answer =
            co_await auth_.call<&contracts::AuthApi::list_leaving_users>(std::move(caller), request);
        co_return std::move(answer.ids);
    }

    Task<void> note_left(UserId user) override {
        contracts::Caller caller;
        contracts::UserRef request{user};
        co_await auth_.call<&contracts::AuthApi::note_user_left>(std::move(caller), request);
    }

  private:
    contracts::Client<contracts::AuthApi> auth_;
};

}  // namespace loquat::chat
