#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/loquat/commands.hpp"
#include "contracts/accounts.hpp"
#include "contracts/chat.hpp"
#include "contracts/generation.hpp"
#include "contracts/model.hpp"
#include "contracts/openapi.hpp"
#include "contracts/presence.hpp"
#include "contracts/usage.hpp"
#include "runtime/version.hpp"

namespace loquat::app {
namespace {

std::vector<contracts::Operation> all_operations() {
    std::vector<contracts::Operation> all = contracts::auth_operations();
    for (auto more : {contracts::account_operations(), contracts::chat_operations(),
                      contracts::generation_operations(), contracts::usage_operations(),
                      contracts::model_operations(), contracts::presence_operations()}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

}  // namespace

void add_contracts(CLI::App& app, int&) {
    auto* command = app.add_subcommand("contracts", "print what the services offer");
    command->require_subcommand(1);
    command->add_subcommand("typescript", "types of all requests and answers")->callback([] {
        fmt::print("{}", contracts::typescript_document(all_operations()));
    });
    command->add_subcommand("openapi", "OpenAPI 3.1 as JSON")->callback([] {
        fmt::print("{}\n", wire::to_pretty_json(
                               contracts::openapi_document(all_operations(), runtime::version)));
    });
    command->footer("example:\n  loquat contracts typescript > web/src/api/contracts.gen.ts");
}

}  // namespace loquat::app
