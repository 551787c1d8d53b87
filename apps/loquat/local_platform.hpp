#pragma once
#include <functional>
#include <memory>
#include <string>

#include "apps/loquat/options.hpp"
#include "contracts/auth/accounts.hpp"
#include "contracts/chat/chat.hpp"
#include "contracts/core/client.hpp"
#include "contracts/dead/dead.hpp"
#include "contracts/product/products.hpp"

namespace loquat::app {

// The platform that owns a data folder, for commands: the running one through its service port, or,
// when none runs, the needed services started in this process for the length of the command.  Calls
// are made as the platform itself; put the user to act for into the Caller.
class LocalPlatform {
  public:
    // `services`: those that are needed.
    explicit LocalPlatform(const CommonOptions& options,
                           const std::vector<std::string>& services = {"auth", "chat", "consumer"});
    ~LocalPlatform();

    // Runs `work` on a loop and waits for its end; rethrows what it throws.
    struct Clients {
        contracts::Client<contracts::AuthApi> auth;
        contracts::Client<contracts::ChatApi> chat;
        contracts::Client<contracts::AccountsApi> accounts;
        contracts::Client<contracts::DeadApi> dead;
        contracts::Client<contracts::ProductApi> products;
    };
    void run(std::move_only_function<Task<void>(Clients& clients)> work);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Who runs a command on this machine: an administrator, and nobody with an account.
contracts::Caller administrator();

}  // namespace loquat::app
