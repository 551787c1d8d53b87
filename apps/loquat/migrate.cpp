#include <fmt/format.h>
#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/options.hpp"
#include "base/failure.hpp"
#include "runtime/store_config.hpp"
#include "runtime/stores/schema_owner.hpp"

namespace loquat::app {
namespace {

constexpr const char* url_variable = schema_owner_variable;

struct MigrateOptions {
    CommonOptions common;
    std::string url;
    bool is_check = false;
};

std::string steps_text(std::size_t steps) {
    return fmt::format("{} {}", steps, steps == 1 ? "step" : "steps");
}

std::string password_text(const runtime::ServiceRole& role) {
    switch (role.password) {
        case runtime::RolePassword::written:
            return "its password was written to " + role.passfile;
        case runtime::RolePassword::none:
            return "without a password: the URL has none and names no passfile";
        case runtime::RolePassword::set:
            break;
    }
    return "its password is set";
}

// Whether all are up to date.
bool check(runtime::SchemaOwner& owner, const std::vector<store::DatabaseNeed>& needs) {
    bool is_good = true;
    for (const store::DatabaseNeed& need : needs) {
        const runtime::SchemaChange found = owner.look(need);
        const bool is_behind = found.before < found.known;
        fmt::print("{:9} {}\n", need.name,
                   is_behind ? fmt::format("behind: {} of {} are applied", found.before,
                                           steps_text(found.known))
                             : fmt::format("up to date ({})", steps_text(found.known)));
        is_good = is_good && !is_behind;
    }
    return is_good;
}

void migrate(runtime::SchemaOwner& owner, const std::vector<store::DatabaseNeed>& needs) {
    for (const store::DatabaseNeed& need : needs) {
        const runtime::SchemaChange found =
            owner.bring_up_to_date(need, [&need](const store::Migration& step) {
                fmt::print(stderr, "{}: step {}, {}\n", need.name, step.number, step.name);
            });
        fmt::print("{:9} {}\n", need.name,
                   found.before == found.known
                       ? fmt::format("up to date ({})", steps_text(found.known))
                       : fmt::format("{} applied, {} in all",
                                     steps_text(found.known - found.before), found.known));
    }
    if (!owner.has_roles()) {
        return;
    }
    for (const runtime::ServiceRole& role : owner.prepare_roles(needs)) {
        fmt::print("{:9} role {}{}; {}\n", role.service, role.role, role.is_new ? ", made" : "",
                   password_text(role));
    }
    for (const store::DatabaseNeed& need : needs) {
        owner.grant(need);
    }
}

void run(const MigrateOptions& options, int& code) {
    const auto stores = options.common.load().get<runtime::StoreConfig>("store");
    if (stores.sql.kind != "postgres") {
        throw Failure{Kind::invalid, "config.invalid",
                      "store.sql.kind is " + stores.sql.kind +
                          ": databases in files are brought up to date by a start. This is for "
                          "store.sql.kind=postgres."};
    }
    const std::string url = options.url.empty() ? stores.sql.url : options.url;
    if (options.url.empty() && url.contains("{service}")) {
        throw Failure{Kind::invalid, "config.invalid",
                      std::string{"store.sql.url has a role for each service, and none of them may "
                                  "change schemas: name their owner with --url or "} +
                          url_variable + "."};
    }
    runtime::SchemaOwner owner{url, stores.sql.url};
    const std::vector<store::DatabaseNeed> needs = all_databases();
    if (!options.is_check) {
        migrate(owner, needs);
    } else if (!check(owner, needs)) {
        code = 1;
    }
}

}  // namespace

void add_migrate(Command program, int& code) {
    const Command command =
        program.add("migrate", "bring schemas at a database server up to date, and give rights");
    auto options = std::make_shared<MigrateOptions>();
    options->url = runtime::environment_value(url_variable);
    options->common.add_to(command);
    command
        .option("--url", options->url,
                "the role that owns the schemas (default: $LOQUAT_MIGRATE_URL, else store.sql.url)")
        .takes("URL");
    command.flag("--check", options->is_check, "change nothing; exit code 1 when one is behind");
    command.on_run([options, &code] { run(*options, code); });
    command.footer(
        "Every schema is changed in one transaction, while nobody else writes to it: when it is "
        "interrupted,\nnothing was changed. Running it again does what is missing.\n"
        "With {service} in the user of store.sql.url each service has a role of its own: it is "
        "made where it is\nmissing, may read and write rows of its own schemas, read those that it "
        "needs, and change no table.\nIts password comes from the URL or from the passfile that "
        "the URL names, and is written there when it has none.\n"
        "examples:\n"
        "  LOQUAT_MIGRATE_URL=postgresql://owner:...@db/loquat loquat migrate\n"
        "  loquat migrate --check\n"
        "  store.sql.url of the services: "
        "postgresql://loquat_{service}@db/loquat?passfile=/etc/loquat/{service}.pgpass");
}

}  // namespace loquat::app
