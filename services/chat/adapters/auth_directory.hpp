#pragma once
#include <algorithm>

#include "contracts/auth/accounts.hpp"
#include "contracts/core/client.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

// Names from the auth service.
class AuthDirectory final : public Directory {
  public:
    AuthDirectory(contracts::Client<contracts::AuthApi> auth,
                  contracts::Client<contracts::AccountsApi> accounts)
        : auth_(std::move(auth)), accounts_(std::move(accounts)) {}

    Task<std::vector<contracts::PublicUser>> list_users(std::vector<UserId> ids) override {
        contracts::Caller caller;
        caller.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{2};
        contracts::UserIds request{std::move(ids)};
        auto answer = co_await auth_.call<&contracts::AuthApi::list_users_by_id>(
            std::move(caller), std::move(request));
        co_return std::move(answer.items);
    }

    Task<std::vector<Leaver>> list_leaving() override {
        contracts::Caller caller;
        contracts::Empty request;
        const auto answer =
            co_await auth_.call<&contracts::AuthApi::list_leaving_users>(caller, request);
        if (answer.ids.empty()) {
            co_return std::vector<Leaver>{};
        }
        const auto erased =
            co_await accounts_.call<&contracts::AccountsApi::list_erased_accounts>(caller, request);
        std::vector<Leaver> leaving;
        for (const UserId& user : answer.ids) {
            const bool is_erased = std::ranges::find(erased.ids, user) != erased.ids.end();
            leaving.push_back({user, is_erased ? contracts::RemovedMessages::erase
                                               : contracts::RemovedMessages::keep});
        }
        co_return leaving;
    }

    Task<void> note_left(UserId user) override {
        contracts::Caller caller;
        contracts::UserRef request{user};
        co_await auth_.call<&contracts::AuthApi::note_user_left>(std::move(caller), request);
    }

  private:
    contracts::Client<contracts::AuthApi> auth_;
    contracts::Client<contracts::AccountsApi> accounts_;
};

}  // namespace loquat::chat
