#pragma once
#include "contracts/core/client.hpp"
#include "contracts/model/model.hpp"
#include "services/chat/generations/ports.hpp"
#include "store/history/usage_history.hpp"

namespace loquat::chat {

// Models of the model service.
class ModelClient final : public ModelPort {
  public:
    explicit ModelClient(contracts::Client<contracts::ModelApi> models)
        : models_(std::move(models)) {}

    Task<std::vector<contracts::Model>> list_models() override {
        contracts::Caller caller = make_caller(std::chrono::seconds{2});
        caller.user = UserId{};  // the platform itself; the route is for people
        auto answer =
            co_await models_.call<&contracts::ModelApi::list_models>(std::move(caller), {});
        co_return std::move(answer.items);
    }

    Task<contracts::FeedPtr<contracts::ModelEvent>> generate(
        contracts::Caller caller, contracts::GenerateRequest request) override {
        co_return co_await models_.call<&contracts::ModelApi::generate>(std::move(caller),
                                                                        std::move(request));
    }

    Task<void> cancel(std::string generation_id) override {
        contracts::Caller caller = make_caller(std::chrono::milliseconds{400});
        contracts::CancelGenerateRequest request{std::move(generation_id)};
        co_await models_.call<&contracts::ModelApi::cancel_generate>(std::move(caller),
                                                                     std::move(request));
    }

  private:
    static contracts::Caller make_caller(std::chrono::milliseconds time_max) {
        contracts::Caller caller;
        caller.deadline = std::chrono::steady_clock::now() + time_max;
        return caller;
    }

    contracts::Client<contracts::ModelApi> models_;
};

// What the consumer has written down.
class StoredUsage final : public UsageLedger {
  public:
    explicit StoredUsage(store::UsageHistory& usage) : usage_(usage) {}

    Task<store::UsedTokens> used_of(UserId user, std::chrono::sys_days day) override {
        co_return co_await usage_.used_of(user, day);
    }
    Task<store::Progress> through() override { return usage_.stored(); }

  private:
    store::UsageHistory& usage_;
};

}  // namespace loquat::chat
