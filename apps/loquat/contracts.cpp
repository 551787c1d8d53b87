#include <fmt/format.h>
#include "apps/loquat/commands.hpp"
#include "contracts/auth/accounts.hpp"
#include "contracts/chat/chat.hpp"
#include "contracts/core/openapi.hpp"
#include "contracts/generation/generation.hpp"
#include "contracts/model/model.hpp"
#include "contracts/presence/presence.hpp"
#include "contracts/usage/usage.hpp"
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

void add_contracts(Command program, int&) {
    const Command command = program.add("contracts", "print what the services offer");
    command.needs_a_command();
    command.add("typescript", "types of all requests and answers").on_run([] {
        fmt::print("{}", contracts::typescript_document(all_operations()));
    });
    command.add("openapi", "OpenAPI 3.1 as JSON").on_run([] {
        fmt::print("{}\n", wire::to_pretty_json(
                               contracts::openapi_document(all_operations(), runtime::version)));
    });
    command.footer("example:\n  loquat contracts typescript > web/src/api/contracts.gen.ts");
}

}  // namespace loquat::app
