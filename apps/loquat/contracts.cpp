#include <fmt/format.h>
#include "apps/loquat/commands.hpp"
#include "contracts/core/openapi.hpp"
#include "contracts/registry.hpp"
#include "runtime/calls/calls_picture.hpp"
#include "runtime/version.hpp"
#include "services/registry.hpp"

namespace loquat::app {
void add_contracts(Command program, int&) {
    const Command command = program.add("contracts", "print what the services offer");
    command.needs_a_command();
    command.add("typescript", "types of all requests, answers and live events").on_run([] {
        fmt::print("{}", contracts::typescript_document(contracts::all_operations(),
                                                        contracts::live_feeds()));
    });
    command.add("openapi", "OpenAPI 3.1 as JSON").on_run([] {
        fmt::print("{}\n", wire::to_pretty_json(contracts::openapi_document(
                               contracts::all_operations(), runtime::version)));
    });
    command.add("calls", "which service calls which, as a page with a picture").on_run([] {
        fmt::print("{}", runtime::calls_page(services::all_modules()));
    });
    command.footer("example:\n  loquat contracts typescript > web/src/api/contracts.gen.ts");
}

}  // namespace loquat::app
