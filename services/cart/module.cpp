#include "services/cart/module.hpp"

#include "aio/scope.hpp"
#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/cart/adapters/catalogue.hpp"
#include "services/cart/adapters/session_client.hpp"
#include "services/cart/adapters/sql_carts.hpp"
#include "services/cart/cart.hpp"
#include "services/cart/coupons.hpp"

namespace loquat::cart {
namespace {

constexpr std::chrono::seconds maintenance_interval{60};

store::DatabaseNeed cart_database() {
    return {.name = "cart", .owner = "cart", .schema = sql_schema()};
}

class CartService final : public runtime::Service {
  public:
    explicit CartService(runtime::Context& context)
        : loop_(context.loop()),
          settings_(context.shared_config<contracts::ShopSettings>()),
          store_(context.stores().database(cart_database())),
          products_(context.client<contracts::ProductApi>(), settings_.tax_rate),
          sessions_(context.client<contracts::SessionsApi>()),
          carts_({store_, products_, sessions_, context.clock()}, context.config<Config>(),
                 settings_),
          coupons_(store_, context.clock(), settings_),
          scope_(context.loop(), "cart") {
        context.expose<contracts::CartApi>(carts_, contracts::cart_operations());
        context.expose<contracts::CartsApi>(carts_, contracts::carts_operations());
        context.expose<contracts::CouponsApi>(coupons_, contracts::coupons_operations());
    }

    Task<void> start() override {
        scope_.start(maintain());
        co_return;
    }
    Task<void> stop(Steady) override { co_await scope_.close(); }

  private:
    Task<void> maintain() {
        for (;;) {
            co_await loop_.sleep_for(maintenance_interval);
            std::string problem;
            try {
                co_await carts_.maintain();
            } catch (const Failure& failure) {
                problem = failure.code;
            }
            if (!problem.empty()) {
                log_warn({.service = "cart"}, "maintenance failed; the next one is in a minute",
                         {{"code", problem}});
            }
        }
    }

    aio::Loop& loop_;
    contracts::ShopSettings settings_;
    SqlCarts store_;
    Catalogue products_;
    SessionClient sessions_;
    Carts carts_;
    Coupons coupons_;
    aio::Scope scope_;
};

void check(const runtime::Config& config, runtime::ConfigFindings& findings) {
    const auto settings = config.get<contracts::ShopSettings>("shop");
    if (!Currency::parse(settings.currency)) {
        findings.add("shop.currency", "must be a currency of ISO 4217, such as EUR");
    }
}

runtime::ConfigSection section() { return runtime::config_section<Config>("cart"); }

runtime::ConfigSection shop_section() {
    return runtime::config_section<contracts::ShopSettings>("shop", &check);
}

std::vector<store::DatabaseNeed> databases() { return {cart_database()}; }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<CartService>(context);
}

}  // namespace

// Carts that are known go on while session is away; only the first look at a new one asks there.
const runtime::Module module{
    .name = "cart",
    .loop = "shop",
    .calls = {{"product", runtime::Need::optional}, {"session", runtime::Need::optional}},
    .databases = &databases,
    .config = &section,
    .shared_config = &shop_section,
    .make = &make};

}  // namespace loquat::cart
