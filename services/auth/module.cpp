#include "services/auth/module.hpp"

#include "aio/scope.hpp"
#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/auth/adapters/broadcast_feed.hpp"
#include "services/auth/adapters/file_keys.hpp"
#include "services/auth/adapters/sodium_passwords.hpp"
#include "services/auth/adapters/sql_keys.hpp"
#include "services/auth/adapters/sql_schema.hpp"
#include "services/auth/adapters/sql_sessions.hpp"
#include "services/auth/adapters/sql_users.hpp"
#include "services/auth/administration.hpp"
#include "services/auth/auth.hpp"
#include "services/auth/config.hpp"
#include "services/auth/guess_limits.hpp"
#include "services/auth/guests.hpp"

namespace loquat::auth {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr seconds maintenance_interval{60};
constexpr const char* key_file = "auth-keys.json";
constexpr std::size_t signing_queue_max = 4096;

Keys::Options key_options(const Config& config) {
    // The values of the enum are the names of the algorithms.
    const auto algorithm =
        net::jose::parse_algorithm(wire::enum_name(config.signing_algorithm)).value();
    return {.algorithm = algorithm,
            .age_max = config.key_days_max,
            .overlap = std::max<seconds>(config.access_token_seconds, config.guest_token_days) +
                       seconds{60}};
}

Sessions::Options session_options(const Config& config, const runtime::PlatformConfig& platform) {
    return {.rules = {.idle_max = config.session_idle_days,
                      .age_max = config.session_days_max,
                      .grace = config.refresh_grace_seconds,
                      .per_user_max = config.sessions_per_user_max},
            .access_token_life = config.access_token_seconds,
            .issuer = platform.token_issuer,
            .audience = platform.token_audience};
}

Guests::Options guest_options(const Config& config, const runtime::PlatformConfig& platform) {
    return {.token_life = config.guest_token_days,
            .issuer = platform.token_issuer,
            .audience = platform.token_audience};
}

store::DatabaseNeed auth_database() {
    return {.name = "auth", .owner = "auth", .schema = sql_schema(), .passing = {"signing_keys"}};
}

store::Database& database_of(runtime::Context& context) {
    return context.stores().database(auth_database());
}

// Other instances sign, too, where they reach the same database.
bool are_shared(const runtime::Context& context) {
    return context.stores().configured("sql").kind != "sqlite";
}

class AuthService final : public runtime::Service {
  public:
    explicit AuthService(runtime::Context& context)
        : context_(context),
          config_(context.config<Config>()),
          loop_(context.loop()),
          hashing_("auth-hash", config_.hash_threads, config_.hash_queue_max),
          signing_("auth-sign", 1, signing_queue_max),
          users_(database_of(context), &context.stores().folder()),
          session_store_(database_of(context)),
          passwords_(hashing_,
                     {.memory_kib = config_.hash_memory_kib, .passes = config_.hash_passes},
                     {.threads = config_.hash_threads, .waiting_max = config_.hash_queue_max}),
          file_keys_(
              KeyFile{context.stores().folder().path() / key_file, &context.stores().folder()},
              signing_),
          sql_keys_(database_of(context), file_keys_),
          keys_(are_shared(context) ? static_cast<KeyStore&>(sql_keys_) : file_keys_, signing_,
                key_options(config_), context.clock()),
          broadcast_(context.stores().broadcast()),
          feed_(context.stores().broadcast(), context.rights()),
          guesses_(context.stores().get<GuessLimits>("limits").open(
              {.is_enabled = config_.back_off}, context.clock())),
          metrics_(context.metrics()),
          audit_({runtime::make_audit_sink(context), context.clock(), context.metrics(),
                  context.loop(), "auth"}),
          users_feed_(context.stores().broadcast()),
          names_(users_, users_feed_),
          leaving_(users_),
          accounts_({users_, passwords_, *guesses_, context.clock(), metrics_, names_}),
          sessions_(
              {session_store_, users_, keys_, signing_, feed_, context.clock(), metrics_, audit_},
              session_options(config_, context.platform_config())),
          auth_({accounts_,
                 sessions_,
                 keys_,
                 metrics_,
                 audit_,
                 leaving_,
                 {.name = config_.server_name, .registration = config_.registration},
                 context.platform_config().origins}),
          administration_({accounts_, sessions_, users_, leaving_, names_, audit_}),
          guests_({session_store_, keys_, signing_, feed_, context.clock()},
                  guest_options(config_, context.platform_config())),
          scope_(context.loop(), "auth") {
        context.expose<contracts::AuthApi>(auth_, contracts::auth_operations());
        context.expose<contracts::AccountsApi>(administration_, contracts::accounts_operations());
        context.expose<contracts::GuestsApi>(guests_, contracts::guests_operations());
    }

    Task<void> start() override {
        co_await keys_.open();
        co_await users_.claim();
        co_await users_.index_all();
        keys_.on_new_keys([this](const net::jose::KeySet& keys) {
            store::publish(broadcast_, contracts::topics::auth_keys, {keys.to_jwks()});
        });
        audit_.start();
        scope_.start(maintain());
    }
    Task<void> reload() override {
        const auto fresh = context_.config<Config>();
        auth_.set_server({.name = fresh.server_name, .registration = fresh.registration});
        co_return;
    }
    Task<void> stop(Steady deadline) override {
        co_await scope_.close();
        co_await audit_.stop(deadline);
    }

  private:
    Task<void> maintain() {
        while (true) {
            std::exception_ptr failed;
            try {
                co_await auth_.maintain();
            } catch (...) {
                failed = std::current_exception();
            }
            if (failed) {
                if (aio::is_cancellation(failed)) {
                    co_return;
                }
                log_warn({.service = "auth"}, "maintenance failed; the next one is in a minute",
                         {{"error", aio::describe(failed)}});
            }
            co_await loop_.sleep_for(maintenance_interval);
        }
    }

    runtime::Context& context_;
    Config config_;
    aio::Loop& loop_;
    aio::WorkerPool hashing_;
    aio::WorkerPool signing_;
    SqlUsers users_;
    SqlSessions session_store_;
    SodiumPasswords passwords_;
    FileKeys file_keys_;
    SqlKeys sql_keys_;
    Keys keys_;
    store::Broadcast& broadcast_;
    BroadcastFeed feed_;
    std::unique_ptr<GuessLimit> guesses_;
    AuthMetrics metrics_;
    runtime::AuditTrail audit_;
    BroadcastUsers users_feed_;
    NamesTold names_;
    Leaving leaving_;
    Accounts accounts_;
    Sessions sessions_;
    Auth auth_;
    Administration administration_;
    Guests guests_;
    aio::Scope scope_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("auth"); }

std::vector<store::DatabaseNeed> databases() { return {auth_database()}; }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<AuthService>(context);
}

}  // namespace

const runtime::Module module{.name = "auth",
                             .calls = {{"consumer", runtime::Need::optional}},
                             .databases = &databases,
                             .files = {key_file},
                             .adapters = &guess_limits,
                             .config = &section,
                             .make = &make};

}  // namespace loquat::auth
