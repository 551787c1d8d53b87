#include "runtime/stores/schema_owner.hpp"

#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "base/failure.hpp"
#include "base/random_text.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/passfile.hpp"
#include "store/postgres/schema.hpp"
#include "store/postgres/service_url.hpp"

namespace loquat::runtime {
namespace {

// Of one step: a large table may be rewritten by it.
constexpr std::chrono::hours step_max{6};
constexpr std::chrono::seconds lock_max{30};
constexpr std::size_t password_bytes = 32;

std::vector<std::string_view> services_of(const std::vector<store::DatabaseNeed>& needs) {
    std::set<std::string_view> services;
    for (const store::DatabaseNeed& need : needs) {
        services.insert(need.owner);
        services.insert(need.readers.begin(), need.readers.end());
    }
    return {services.begin(), services.end()};
}

// A process that ends is gone for the server a little later.
constexpr std::chrono::seconds leaving_max{3};
constexpr std::chrono::milliseconds look_pause{50};

std::string list_users(store::PostgresConnection& connection) {
    std::string users;
    for (const store::Row row : connection.query(
             "SELECT usename, COUNT(*) FROM pg_stat_activity WHERE application_name = 'loquat' AND "
             "datname = current_database() AND pid <> pg_backend_pid() GROUP BY usename "
             "ORDER BY usename")) {
        users +=
            (users.empty() ? "" : ", ") + row.text(0) + " (" + std::to_string(row.integer(1)) + ")";
    }
    return users;
}

}  // namespace

std::string users_of_database(const std::string& url) {
    store::PostgresConnection connection{
        {.url = store::url_of_service(url, "auth"), .schema = "pg_catalog"}};
    try {
        connection.open();
    } catch (const Failure& failure) {
        throw Failure{failure.kind, failure.code, store::unusable_postgres(failure.detail)};
    }
    const Steady deadline = std::chrono::steady_clock::now() + leaving_max;
    for (;;) {
        std::string users = list_users(connection);
        if (users.empty() || std::chrono::steady_clock::now() >= deadline) {
            return users;
        }
        std::this_thread::sleep_for(look_pause);
    }
}

struct SchemaOwner::State {
    State(std::string url, std::string url_of_services)
        : connection({.url = std::move(url),
                      .schema = "pg_catalog",
                      .answer_max = step_max,
                      .lock_max = lock_max}),
          service_url(std::move(url_of_services)) {}

    std::string role_of(std::string_view service) const {
        return store::parts_of(store::url_of_service(service_url, service)).user;
    }

    store::PostgresConnection connection;
    std::string service_url;
};

SchemaOwner::SchemaOwner(std::string url, std::string service_url)
    : state_(std::make_unique<State>(std::move(url), std::move(service_url))) {
    try {
        state_->connection.open();
    } catch (const Failure& failure) {
        throw Failure{failure.kind, failure.code, store::unusable_postgres(failure.detail)};
    }
}

SchemaOwner::~SchemaOwner() = default;

bool SchemaOwner::has_roles() const { return store::names_services(state_->service_url); }

SchemaChange SchemaOwner::look(const store::DatabaseNeed& need) {
    const store::SchemaState found =
        store::look_at_schema(state_->connection, need.name, need.schema);
    return {found.applied, found.known};
}

SchemaChange SchemaOwner::bring_up_to_date(const store::DatabaseNeed& need,
                                           const store::OnStep& on_step) {
    const store::SchemaState found =
        store::bring_up_to_date(state_->connection, need.name, need.schema, on_step);
    return {found.applied, found.known};
}

std::vector<ServiceRole> SchemaOwner::prepare_roles(const std::vector<store::DatabaseNeed>& needs) {
    std::vector<ServiceRole> made;
    std::set<std::string> names;
    for (const std::string_view service : services_of(needs)) {
        const store::UrlParts parts =
            store::parts_of(store::url_of_service(state_->service_url, service));
        if (parts.user.empty() || !names.insert(parts.user).second) {
            throw Failure{Kind::invalid, "config.invalid",
                          "store.sql.url has {service} but not in its user: each service needs a "
                          "role of its own, such as postgresql://loquat_{service}@HOST/DATABASE."};
        }
        ServiceRole one{
            .service = std::string{service}, .role = parts.user, .passfile = parts.passfile};
        std::string password = parts.password;
        if (password.empty() && !parts.passfile.empty()) {
            password = store::find_password(parts.passfile, parts.user).value_or("");
            if (password.empty()) {
                password = random_text(password_bytes);
                store::add_password(parts.passfile, parts.user, password);
                one.password = RolePassword::written;
            }
        }
        if (!password.empty() && one.password == RolePassword::none) {
            one.password = RolePassword::set;
        }
        one.is_new =
            store::prepare_role(state_->connection, one.role, password) == store::RoleChange::made;
        made.push_back(std::move(one));
    }
    return made;
}

void SchemaOwner::grant(const store::DatabaseNeed& need) {
    store::SchemaRights rights{.schema = need.name, .writer = state_->role_of(need.owner)};
    for (const std::string_view reader : need.readers) {
        rights.readers.push_back(state_->role_of(reader));
    }
    store::grant_rights(state_->connection, rights);
}

}  // namespace loquat::runtime
