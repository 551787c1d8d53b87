#include <gtest/gtest.h>

#include "contracts/product/products.hpp"
#include "contracts/session/sessions.hpp"
#include "runtime/context.hpp"
#include "runtime/platform/platform.hpp"
#include "services/cart/module.hpp"
#include "testing/failure_code.hpp"
#include "testing/run_elsewhere.hpp"
#include "testing/temporary_folder.hpp"
#include "wire/codec.hpp"

// The module as a platform runs it, between services that stand in for its neighbours.
namespace loquat::cart {
namespace {

using contracts::Caller;

Failure not_asked() { return {Kind::internal, "test.not_asked", "nobody asks this"}; }

// One product, of which there are ten.
class OneProduct final : public runtime::Service, public contracts::ProductApi {
  public:
    explicit OneProduct(runtime::Context& context) {
        context.expose<contracts::ProductApi>(*this, {});
    }

    Task<contracts::FoundRefs> find_products(Caller, contracts::FindProducts request) override {
        contracts::FoundRefs found;
        for (const std::string& ref : request.refs) {
            contracts::FoundRef one{.ref = ref};
            if (ref == "pear" || ref == id_.to_string()) {
                one.product = contracts::Product{.id = id_,
                                                 .product_id = id_,
                                                 .sku = "pear",
                                                 .name = "Pear",
                                                 .price = {.amount = 150, .currency = "EUR"},
                                                 .stock = 10};
            }
            found.items.push_back(std::move(one));
        }
        co_return found;
    }

    Task<contracts::Reply<contracts::Product>> get_product(Caller, contracts::ProductRef) override {
        throw not_asked();
    }
    Task<contracts::Page<contracts::Product>> list_products(
        Caller, contracts::ListProductsRequest) override {
        throw not_asked();
    }
    Task<contracts::Categories> list_categories(Caller, contracts::Empty) override {
        throw not_asked();
    }
    Task<contracts::FoundProducts> search_products(Caller,
                                                   contracts::SearchProductsRequest) override {
        throw not_asked();
    }
    Task<contracts::Suggestions> suggest_products(Caller, contracts::SuggestRequest) override {
        throw not_asked();
    }
    Task<contracts::Reply<contracts::Product>> create_product(Caller,
                                                              contracts::ProductInput) override {
        throw not_asked();
    }
    Task<contracts::Reply<contracts::Product>> replace_product(
        Caller, contracts::ReplaceProductRequest) override {
        throw not_asked();
    }
    Task<contracts::Reply<contracts::Product>> patch_product(
        Caller, contracts::PatchProductRequest) override {
        throw not_asked();
    }
    Task<void> delete_product(Caller, contracts::ProductRef) override { throw not_asked(); }
    Task<contracts::ImportReport> import_products(Caller, contracts::ImportRequest) override {
        throw not_asked();
    }
    Task<contracts::ImportReport> upsert_products(Caller, contracts::UpsertRequest) override {
        throw not_asked();
    }
    Task<contracts::Reply<contracts::Product>> get_product_within(Caller,
                                                                  contracts::ProductRef) override {
        throw not_asked();
    }
    Task<std::vector<contracts::Product>> search_plainly(Caller, contracts::PlainSearch) override {
        throw not_asked();
    }
    Task<contracts::FoundProducts> search_within(Caller,
                                                 contracts::SearchProductsRequest) override {
        throw not_asked();
    }
    Task<contracts::FoundProducts> search_by_vector(Caller,
                                                    contracts::VectorSearchRequest) override {
        throw not_asked();
    }
    Task<std::vector<contracts::Product>> list_category(Caller, contracts::CategoryRef) override {
        throw not_asked();
    }

  private:
    const contracts::ProductId id_ =
        *contracts::ProductId::parse("01900000-0000-7000-8000-000000000001");
};

const UserId ana = UserId::make();

// Every session is Ana's.  It calls the cart, too, as the real one does.
class AnyonesSession final : public runtime::Service, public contracts::SessionsApi {
  public:
    explicit AnyonesSession(runtime::Context& context)
        : loop(context.loop()), carts(context.client<contracts::CartApi>()) {
        context.expose<contracts::SessionsApi>(*this, {});
        running = this;
    }

    Task<contracts::ShopSession> get_session_within(Caller, contracts::ShopSessionRef) override {
        throw not_asked();
    }
    Task<contracts::SessionVerdict> validate_session(Caller, contracts::ValidateSession) override {
        co_return contracts::SessionVerdict{
            .valid = true,
            .status = contracts::ShopSessionStatus::active,
            .user_id = ana,
            .currency = "EUR",
            .expires_at = SystemClock{}.now() + std::chrono::hours{1}};
    }

    // Runs `work` on its loop and waits for it on the test's thread.
    template <class T>
    T run(std::function<Task<T>()> work) {
        return test::run_elsewhere(loop, std::move(work));
    }

    aio::Loop& loop;
    contracts::Client<contracts::CartApi> carts;
    static AnyonesSession* running;
};
AnyonesSession* AnyonesSession::running = nullptr;

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

const runtime::Module product_module{
    .name = "product",
    .config = [] { return runtime::config_section<Nothing>("product"); },
    .make = [](runtime::Context& context) -> std::unique_ptr<runtime::Service> {
        return std::make_unique<OneProduct>(context);
    }};
const runtime::Module session_module{
    .name = "session",
    .calls = {{"cart"}},
    .config = [] { return runtime::config_section<Nothing>("session"); },
    .make = [](runtime::Context& context) -> std::unique_ptr<runtime::Service> {
        return std::make_unique<AnyonesSession>(context);
    }};

struct CartOnPlatform : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<runtime::Platform> platform;

    void start(std::vector<const runtime::Module*> modules, std::string setting = {}) {
        platform.reset();
        runtime::PlatformOptions options{.modules = std::move(modules), .data = folder.path()};
        options.sections = runtime::sections_of(options.modules);
        if (!setting.empty()) {
            options.sources.settings = {std::move(setting)};
        }
        platform = std::make_unique<runtime::Platform>(std::move(options));
        platform->start();
    }
    static contracts::Cart add(const std::string& session) {
        const auto reply = AnyonesSession::running->run<contracts::CartReply>(
            [session]() -> Task<contracts::CartReply> {
                Caller caller;
                caller.user = ana;
                contracts::AddToCart request{.session_id = session, .product_id = "pear"};
                return AnyonesSession::running->carts.call<&contracts::CartApi::add_to_cart>(
                    std::move(caller), std::move(request));
            });
        return wire::from_json<contracts::Cart>(reply.body.json);
    }
};

TEST_F(CartOnPlatform, keeps_carts_over_restarts) {
    const std::string session = contracts::ShopSessionId::make().to_string();
    start({&module, &product_module, &session_module});
    EXPECT_EQ(add(session).lines.at(0).quantity, 1);

    start({&module, &product_module, &session_module});
    const contracts::Cart cart = add(session);

    EXPECT_EQ(cart.lines.at(0).quantity, 2);
    EXPECT_EQ(cart.totals.total.text, "3.00 EUR");
}

TEST_F(CartOnPlatform, reads_the_settings_of_the_shop) {
    start({&module, &product_module, &session_module}, "shop.prices_include_tax=false");
    platform.reset();

    EXPECT_EQ(test::code_of([this] {
                  start({&module, &product_module, &session_module}, "shop.currency=XXQ");
              }),
              "config.invalid");
}

TEST_F(CartOnPlatform, starts_without_a_catalogue) { start({&module, &session_module}); }

}  // namespace
}  // namespace loquat::cart
