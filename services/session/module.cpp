#include "services/session/module.hpp"

#include "aio/scope.hpp"
#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/session/adapters/floor.hpp"
#include "services/session/adapters/payments.hpp"
#include "services/session/adapters/sql_sessions.hpp"
#include "services/session/config.hpp"
#include "services/session/session.hpp"

namespace loquat::session {
namespace {

constexpr std::chrono::seconds maintenance_interval{5};

store::DatabaseNeed session_database() {
    return {.name = "session", .owner = "session", .schema = sql_schema()};
}

class SessionService final : public runtime::Service {
  public:
    explicit SessionService(runtime::Context& context)
        : loop_(context.loop()),
          clock_(context.clock()),
          config_(context.config<Config>()),
          settings_(context.shared_config<contracts::ShopSettings>()),
          store_(context.stores().database(session_database())),
          floor_({context.client<contracts::GuestsApi>(), context.client<contracts::CartsApi>(),
                  context.client<contracts::StockApi>()}),
          payments_(make_payments(context.loop(), config_.payment)),
          checkouts_({store_, floor_, *payments_, context.clock()},
                     {.reservation = settings_.reservation_seconds,
                      .session_life = settings_.session_seconds}),
          sessions_({store_, floor_, checkouts_, *payments_, context.clock()}, settings_),
          is_alone_(context.stores().configured("sql").kind == "sqlite"),
          scope_(context.loop(), "session") {
        context.expose<contracts::SessionApi>(sessions_, contracts::session_operations());
        context.expose<contracts::SessionsApi>(sessions_, contracts::sessions_operations());
    }

    Task<void> start() override {
        scope_.start(maintain());
        co_return;
    }
    Task<void> stop(Steady) override { co_await scope_.close(); }

  private:
    // What the process before has left is taken up at once, where no other one can be at it.
    Task<void> maintain() {
        std::chrono::seconds left_alone =
            is_alone_ ? std::chrono::seconds{0} : config_.resume_seconds;
        for (;;) {
            std::string problem;
            try {
                co_await checkouts_.resume(clock_.now() - left_alone);
                left_alone = config_.resume_seconds;
                co_await sessions_.maintain();
            } catch (const Failure& failure) {
                problem = failure.code;
            }
            if (!problem.empty()) {
                log_warn({.service = "session"}, "maintenance failed and is tried again",
                         {{"code", problem}});
            }
            co_await loop_.sleep_for(maintenance_interval);
        }
    }

    aio::Loop& loop_;
    const Clock& clock_;
    Config config_;
    contracts::ShopSettings settings_;
    SqlSessions store_;
    Floor floor_;
    std::unique_ptr<Payments> payments_;
    Checkouts checkouts_;
    ShopSessions sessions_;
    bool is_alone_;
    aio::Scope scope_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("session"); }

runtime::ConfigSection shop_section() {
    return runtime::config_section<contracts::ShopSettings>("shop");
}

std::vector<store::DatabaseNeed> databases() { return {session_database()}; }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<SessionService>(context);
}

}  // namespace

const runtime::Module module{.name = "session",
                             .loop = "shop",
                             .calls = {{"auth"}, {"cart"}, {"product", runtime::Need::optional}},
                             .databases = &databases,
                             .config = &section,
                             .shared_config = &shop_section,
                             .make = &make};

}  // namespace loquat::session
