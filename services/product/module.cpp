#include "services/product/module.hpp"

#include <fstream>
#include <sstream>

#include "aio/scope.hpp"
#include "aio/yield.hpp"
#include "contracts/shop/settings.hpp"
#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/product/adapters/sql_catalogue.hpp"
#include "services/product/adapters/sql_schema.hpp"
#include "services/product/adapters/sql_stock.hpp"
#include "services/product/config.hpp"
#include "services/product/demo/demo.hpp"
#include "services/product/product.hpp"
#include "services/product/stock.hpp"

namespace loquat::product {
namespace {

constexpr std::chrono::milliseconds overdue_interval{500};

store::DatabaseNeed product_database() {
    return {.name = "product",
            .owner = "product",
            .schema = sql_schema(),
            .passing = {"removed_products"}};
}

Sharing sharing_of(const runtime::Context& context) {
    const bool is_own = context.stores().configured("sql").kind == "sqlite";
    return is_own ? Sharing::alone : Sharing::shared;
}

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return file ? std::optional{text.str()} : std::nullopt;
}

Synonyms read_synonyms(const Config& config) {
    Synonyms synonyms;
    if (!config.synonyms_file.empty()) {
        synonyms.add(read_file(config.synonyms_file).value_or(""));
    }
    return synonyms;
}

void check_config(const runtime::Config& all, runtime::ConfigFindings& findings) {
    const auto config = all.get<Config>("product");
    if (config.synonyms_file.empty()) {
        return;
    }
    if (!read_file(config.synonyms_file)) {
        findings.add("product.synonyms_file", "cannot be read: " + config.synonyms_file);
        return;
    }
    try {
        read_synonyms(config);
    } catch (const Failure& failure) {
        findings.add("product.synonyms_file", failure.message);
    }
}

class ProductService final : public runtime::Service {
  public:
    explicit ProductService(runtime::Context& context)
        : config_(context.config<Config>()),
          settings_(context.shared_config<contracts::ShopSettings>()),
          loop_(context.loop()),
          synonyms_(read_synonyms(config_)),
          sharing_(sharing_of(context)),
          catalogue_(context.stores().database(product_database())),
          stocks_(context.stores().database(product_database())),
          shelf_(catalogue_, synonyms_, sharing_),
          importer_(catalogue_, shelf_, context.clock()),
          products_({catalogue_, shelf_, importer_, context.clock()}),
          stock_(stocks_, shelf_, context.clock()),
          size_(context.metrics().gauge("loquat_products", "Products of the catalogue.")),
          scope_(context.loop(), "product") {
        context.expose<contracts::ProductApi>(products_, contracts::products_operations());
        context.expose<contracts::StockApi>(stock_, contracts::stock_operations());
    }

    Task<void> start() override {
        co_await shelf_.catch_up();
        co_await stock_.end_overdue();
        if (settings_.demo && shelf_.catalogue().size() == 0) {
            co_await importer_.import_text(std::string{demo_products()}, ImportRun::real);
        }
        scope_.start(make_vectors());
        scope_.start(again_and_again(overdue_interval, &ProductService::end_overdue));
        if (sharing_ == Sharing::shared) {
            scope_.start(again_and_again(config_.follow_ms, &ProductService::follow));
        }
    }
    Task<void> stop(Steady) override { co_await scope_.close(); }

  private:
    // Between answers, so that the first question by meaning finds them made.
    Task<void> make_vectors() {
        constexpr std::size_t at_once = 100;
        while (shelf_.catalogue().make_some_vectors(at_once)) {
            co_await aio::yield();
        }
    }

    using Work = Task<void> (ProductService::*)();

    Task<void> end_overdue() { return stock_.end_overdue(); }
    Task<void> follow() { return shelf_.be_fresh(); }

    // What fails is tried again at the next turn.
    Task<void> again_and_again(std::chrono::milliseconds interval, Work work) {
        while (true) {
            std::exception_ptr failed;
            try {
                co_await (this->*work)();
            } catch (...) {
                failed = std::current_exception();
            }
            if (failed) {
                if (aio::is_cancellation(failed)) {
                    co_return;
                }
                log_warn({.service = "product"}, "the store cannot be asked",
                         {{"error", aio::describe(failed)}});
            }
            size_.set(static_cast<std::int64_t>(shelf_.catalogue().size()));
            co_await loop_.sleep_for(interval);
        }
    }

    Config config_;
    contracts::ShopSettings settings_;
    aio::Loop& loop_;
    Synonyms synonyms_;
    Sharing sharing_;
    SqlCatalogue catalogue_;
    SqlStock stocks_;
    Shelf shelf_;
    Importer importer_;
    Products products_;
    Stock stock_;
    runtime::Gauge& size_;
    aio::Scope scope_;
};

runtime::ConfigSection section() {
    return runtime::config_section<Config>("product", check_config);
}

runtime::ConfigSection shop_section() {
    return runtime::config_section<contracts::ShopSettings>("shop");
}

std::vector<store::DatabaseNeed> databases() { return {product_database()}; }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<ProductService>(context);
}

}  // namespace

// A loop of its own: a long import or search keeps nobody waiting who talks.
const runtime::Module module{.name = "product",
                             .loop = "product",
                             .databases = &databases,
                             .config = &section,
                             .shared_config = &shop_section,
                             .make = &make};

}  // namespace loquat::product
