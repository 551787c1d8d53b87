#include "bench/cart.hpp"

#include "aio/scope.hpp"
#include "bench/own_usage.hpp"
#include "bench/samples.hpp"
#include "services/cart/adapters/sql_carts.hpp"
#include "services/cart/cart.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::bench {
namespace {

using cart::Form;
using cart::Offer;
using cart::Offers;

// Products that are always there.
class FullShelf final : public cart::Products {
  public:
    explicit FullShelf(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const Form form{contracts::ProductId::make(), std::nullopt};
            Offer offer{.form = form,
                        .sku = "SKU-" + std::to_string(i),
                        .name = "A product with a name of some length " + std::to_string(i),
                        .price = static_cast<std::int64_t>(199 + i),
                        .currency = "USD",
                        .stock = 1'000'000'000,
                        .tax_rate = 1900};
            names_.push_back(form.product.to_string());
            offers_.emplace(form, offer);
            by_name_.emplace(names_.back(), std::move(offer));
        }
    }

    const std::string& name_of(std::size_t index) const { return names_.at(index); }

    Task<Offer> resolve(contracts::Caller, cart::Wished wished) override {
        co_return by_name_.at(wished.product);
    }
    Task<Offers> find(contracts::Caller, std::vector<Form> forms) override {
        Offers found;
        for (const Form& form : forms) {
            found.emplace(form, offers_.at(form));
        }
        co_return found;
    }
    Task<std::optional<Named>> name(contracts::Caller, std::string ref) override {
        co_return Named{by_name_.at(ref).form.product, std::nullopt};
    }

  private:
    std::vector<std::string> names_;
    Offers offers_;
    std::map<std::string, Offer> by_name_;
};

class AnySession final : public cart::ShopSessions {
  public:
    explicit AnySession(UserId owner) : owner_(owner) {}
    Task<std::optional<cart::SessionFacts>> find(contracts::Caller,
                                                 contracts::ShopSessionId) override {
        co_return cart::SessionFacts{owner_, Currency::parse("USD").value(),
                                     SystemClock{}.now() + std::chrono::hours{24}};
    }

  private:
    UserId owner_;
};

struct CartLoad {
    cart::Carts& carts;
    const FullShelf& shelf;
    const CartOptions& options;
    UserId owner;
    bool is_running = true;
    std::uint64_t done = 0;
    Samples latency;
};

// One more of each line in turn, and all anew when a line has many.
Task<void> keep_shopping(CartLoad& load) {
    contracts::Caller caller;
    caller.user = load.owner;
    const std::string session = contracts::ShopSessionId::make().to_string();
    for (std::uint64_t i = 0; load.is_running; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        if (load.options.keyed) {
            caller.idempotency_key = session + std::to_string(i);
        }
        if (i % (load.options.lines * 900) == load.options.lines * 900 - 1) {
            contracts::ClearCart request{session, std::nullopt};
            co_await load.carts.clear_cart(caller, std::move(request));
        } else {
            contracts::AddToCart request{.session_id = session,
                                         .product_id = load.shelf.name_of(i % load.options.lines)};
            co_await load.carts.add_to_cart(caller, std::move(request));
        }
        load.latency.add(std::chrono::steady_clock::now() - begun);
        ++load.done;
    }
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

}  // namespace

Task<wire::Value> measure_cart(aio::Loop& loop, CartOptions options) {
    std::filesystem::create_directories(options.folder);
    store::SqliteOptions at{.file = options.folder / "cart.db", .schema = cart::sql_schema()};
    const auto database = store::open_sqlite(at);
    cart::SqlCarts store{*database};
    FullShelf shelf{options.lines};
    const UserId owner = UserId::make();
    AnySession sessions{owner};
    SystemClock clock;
    cart::Carts carts{{store, shelf, sessions, clock}, {}, {}};
    CartLoad load{carts, shelf, options, owner};
    aio::Scope scope{loop, "carts"};
    for (std::size_t i = 0; i < options.outstanding; ++i) {
        scope.start(keep_shopping(load));
    }
    co_await loop.sleep_for(milliseconds_of(options.seconds / 5));
    load.latency.clear();
    const std::uint64_t before = load.done;
    const double cpu = own_cpu_seconds();
    const auto begun = std::chrono::steady_clock::now();
    co_await loop.sleep_for(milliseconds_of(options.seconds));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const double cpu_used = own_cpu_seconds() - cpu;
    const auto count = static_cast<double>(load.done - before);
    load.is_running = false;
    co_await scope.close();
    co_return wire::Object{{"per_second", count / took.count()},
                           {"cpu_us_per_change", cpu_used * 1e6 / std::max(count, 1.)},
                           {"latency", load.latency.to_value()}};
}

}  // namespace loquat::bench
