#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "apps/loquat/chat_screen.hpp"
#include "apps/loquat/commands.hpp"
#include "apps/loquat/local_platform.hpp"
#include "apps/loquat/progress.hpp"
#include "contracts/product/products.hpp"
#include "services/product/import/import_file.hpp"

namespace loquat::app {
namespace {

using contracts::Product;
using contracts::ProductApi;
using Clients = LocalPlatform::Clients;

constexpr std::size_t sent_at_once = 250;
constexpr std::size_t errors_shown_max = 1'000;

struct ProductImport {
    CommonOptions common;
    std::string file;
    bool is_dry = false;
};

struct ProductList {
    CommonOptions common;
    std::string query;
    std::string category;
    std::string brand;
    std::size_t limit = 50;
    bool json = false;
};

std::string read_whole(const std::string& file) {
    if (file == "-") {
        return {std::istreambuf_iterator<char>{std::cin}, {}};
    }
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
        throw Failure{Kind::not_found, "import.no_file", "cannot read " + file};
    }
    return text.str();
}

// What of a file was done so far.
struct Sum {
    contracts::ImportReport report;

    void add(contracts::ImportReport part) {
        report.created += part.created;
        report.updated += part.updated;
        report.failed += part.failed;
        std::ranges::move(part.errors, std::back_inserter(report.errors));
    }
    void add(contracts::ImportError error) {
        ++report.failed;
        report.errors.push_back(std::move(error));
    }
};

void print(const contracts::ImportError& error) {
    fmt::print(stderr, "line {}: {}{}{}\n", error.line, error.code,
               error.field ? " " + make_harmless(*error.field) : "",
               error.message ? ": " + make_harmless(*error.message) : "");
}

Task<void> send(Clients& clients, contracts::UpsertRequest& request, Sum& sum) {
    if (request.lines.empty()) {
        co_return;
    }
    auto part =
        co_await clients.products.call<&ProductApi::upsert_products>(administrator(), request);
    sum.add(std::move(part));
    request.lines.clear();
}

int import_products(const ProductImport& options) {
    const std::string text = read_whole(options.file);
    Sum sum;
    LocalPlatform platform{options.common, {"product"}};
    auto work = [&](Clients& clients) -> Task<void> {
        product::ImportFile file{product::format_of(text), text};
        Progress progress{options.is_dry ? "read" : "imported", 0};
        contracts::UpsertRequest request{.dry_run = options.is_dry, .lines = {}};
        while (auto line = file.next()) {
            progress.add();
            if (!line->product) {
                sum.add(std::move(line->error));
                continue;
            }
            request.lines.push_back(
                {static_cast<std::int64_t>(line->line), *std::move(line->product)});
            if (request.lines.size() == sent_at_once) {
                co_await send(clients, request, sum);
            }
        }
        co_await send(clients, request, sum);
        progress.finish();
    };
    platform.run(work);
    std::ranges::sort(sum.report.errors, {}, &contracts::ImportError::line);
    for (std::size_t i = 0; i < std::min(errors_shown_max, sum.report.errors.size()); ++i) {
        print(sum.report.errors[i]);
    }
    fmt::print("{}created {}, updated {}, failed {}\n", options.is_dry ? "nothing written: " : "",
               sum.report.created, sum.report.updated, sum.report.failed);
    return sum.report.failed == 0 ? 0 : 1;
}

void print(const Product& product) {
    fmt::print("{:24}  {:>16}  {:>7}  {}\n", make_harmless(product.sku),
               product.price.text.value_or(""), product.stock, make_harmless(product.name));
}

Task<std::size_t> list_some(Clients& clients, const ProductList& options) {
    contracts::SearchProductsRequest request;
    request.query = options.query;
    contracts::ProductFilters filters;
    if (!options.category.empty()) {
        filters.category = {options.category};
    }
    if (!options.brand.empty()) {
        filters.brand = {options.brand};
    }
    request.filters = std::move(filters);
    std::size_t count = 0;
    do {
        request.limit =
            static_cast<std::int32_t>(std::min<std::size_t>(200, options.limit - count));
        auto page =
            co_await clients.products.call<&ProductApi::search_within>(administrator(), request);
        for (const contracts::ProductHit& hit : page.items) {
            if (options.json) {
                fmt::print("{}\n", wire::encode(hit.product));
            } else {
                print(hit.product);
            }
        }
        count += page.items.size();
        request.cursor = page.next_cursor;
    } while (request.cursor && count < options.limit);
    co_return count;
}

void list_products(const ProductList& options) {
    LocalPlatform platform{options.common, {"product"}};
    auto work = [&](Clients& clients) -> Task<void> {
        const std::size_t count = co_await list_some(clients, options);
        fmt::print(stderr, "{} {}\n", count, count == 1 ? "product" : "products");
    };
    platform.run(work);
}

void show_product(const CommonOptions& options, const std::string& ref) {
    LocalPlatform platform{options, {"product"}};
    auto work = [&](Clients& clients) -> Task<void> {
        contracts::ProductRef request{ref};
        const auto found = co_await clients.products.call<&ProductApi::get_product_within>(
            administrator(), request);
        fmt::print("{}",
                   make_harmless(wire::to_pretty_json(wire::parse(wire::encode(found.body)))));
        fmt::print("\n");
    };
    platform.run(work);
}

void add_import_of(Command parent, int& code) {
    auto options = std::make_shared<ProductImport>();
    const Command command =
        parent.add("import", "add products, and write anew those whose SKUs are there");
    options->common.add_to(command);
    command.option("file", options->file, "UTF-8; - is standard input").takes("FILE").required();
    command.flag("--dry-run", options->is_dry, "say what would be done, and do nothing");
    command.footer(
        "Of JSON lines each is what POST /products takes. The first line of CSV names its columns: "
        "sku, name and price,\nand ean, description, brand, category, currency, stock, images (| "
        "between them), rating, tax_rate and\nattributes.NAME. JSON is a list of products, also "
        "that of DummyJSON. A line that is wrong is told and changes\nnothing; the others are "
        "taken.\n"
        "Exit codes: 0 all taken, 1 failed or lines were left out, 2 called wrongly.\n"
        "examples:\n"
        "  loquat products import catalogue.jsonl --dry-run\n"
        "  zcat big.csv.gz | loquat products import -");
    command.on_run([options, &code] { code = import_products(*options); });
}

void add_list_of(Command parent) {
    auto options = std::make_shared<ProductList>();
    const Command command = parent.add("list", "products, or those that a text finds");
    options->common.add_to(command);
    command.option("query", options->query, "as one searches in the shop").takes("WORDS");
    command.option("--category", options->category, "only of this one").takes("NAME");
    command.option("--brand", options->brand, "only of this one").takes("NAME");
    command.option("--limit", options->limit, "at most so many").takes("N").with_default();
    command.flag("--json", options->json, "for programs: a line of JSON each");
    command.footer("example:\n  loquat products list \"red shoes\" --limit 5");
    command.on_run([options] { list_products(*options); });
}

}  // namespace

void add_products(Command program, int& code) {
    const Command command = program.add("products", "the shop's catalogue: import, list, show");
    command.needs_a_command();
    add_import_of(command, code);
    add_list_of(command);
    auto common = std::make_shared<CommonOptions>();
    auto ref = std::make_shared<std::string>();
    const Command show = command.add("show", "all of one product");
    common->add_to(show);
    show.option("product", *ref, "its id, SKU or EAN").takes("REF").required();
    show.on_run([common, ref] { show_product(*common, *ref); });
    command.footer(
        "Works beside a running platform and without one.\n"
        "examples:\n"
        "  loquat products import catalogue.jsonl\n"
        "  loquat products list lamp\n"
        "  loquat products show LAMP-1");
}

}  // namespace loquat::app
