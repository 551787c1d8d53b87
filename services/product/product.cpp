#include "services/product/product.hpp"

#include "services/product/answers.hpp"
#include "services/product/domain/input.hpp"

namespace loquat::product {

using contracts::Caller;
using contracts::FoundProducts;
using contracts::Product;
using contracts::Reply;

Reply<Product> Products::shelved(const Record& record, int status) {
    parts_.shelf.apply(record);
    return to_reply(to_product(record), status);
}

Task<Reply<Product>> Products::get_product(Caller, contracts::ProductRef request) {
    co_await parts_.shelf.be_fresh();
    co_return to_reply(*parts_.shelf.get(request.id).product);
}

Task<contracts::Page<Product>> Products::list_products(Caller,
                                                       contracts::ListProductsRequest request) {
    const Browse wanted = to_browse(request);
    co_await parts_.shelf.be_fresh();
    co_return to_answer(request, parts_.shelf.catalogue().browse(wanted));
}

Task<contracts::Categories> Products::list_categories(Caller, contracts::Empty) {
    co_await parts_.shelf.be_fresh();
    contracts::Categories categories;
    for (Facet::Value& one : parts_.shelf.catalogue().categories()) {
        categories.items.push_back({.value = std::move(one.value), .count = one.count});
    }
    co_return categories;
}

Task<FoundProducts> Products::search_products(Caller, contracts::SearchProductsRequest request) {
    const Search wanted = to_search(request);
    co_await parts_.shelf.be_fresh();
    co_return to_answer(request, parts_.shelf.catalogue().search(wanted));
}

Task<contracts::Suggestions> Products::suggest_products(Caller, contracts::SuggestRequest request) {
    co_await parts_.shelf.be_fresh();
    contracts::Suggestions suggestions;
    suggestions.items =
        parts_.shelf.suggester().suggest(request.q, static_cast<std::size_t>(request.limit));
    co_return suggestions;
}

Task<Reply<Product>> Products::create_product(Caller caller, contracts::ProductInput request) {
    caller.require_admin();
    check_input(request);
    const Record record = co_await parts_.store.create(std::move(request), parts_.clock.now());
    co_return shelved(record, 201);
}

Task<Reply<Product>> Products::replace_product(Caller caller,
                                               contracts::ReplaceProductRequest request) {
    caller.require_admin();
    co_await parts_.shelf.be_fresh();
    const contracts::ProductId id = parts_.shelf.get(request.id).product->id;
    contracts::ProductInput input{std::move(request)};
    check_input(input);
    auto edit = [input = std::move(input)](const Record&) { return input; };
    const Record record = co_await parts_.store.change(id, std::move(edit), parts_.clock.now());
    co_return shelved(record);
}

Task<Reply<Product>> Products::patch_product(Caller caller,
                                             contracts::PatchProductRequest request) {
    caller.require_admin();
    co_await parts_.shelf.be_fresh();
    const contracts::ProductId id = parts_.shelf.get(request.id).product->id;
    auto edit = [request = std::move(request)](const Record& now) {
        contracts::ProductInput input = patched(now.input, request);
        check_input(input);
        return input;
    };
    const Record record = co_await parts_.store.change(id, std::move(edit), parts_.clock.now());
    co_return shelved(record);
}

Task<void> Products::delete_product(Caller caller, contracts::ProductRef request) {
    caller.require_admin();
    co_await parts_.shelf.be_fresh();
    const contracts::ProductId id = parts_.shelf.get(request.id).product->id;
    const std::int64_t change = co_await parts_.store.remove(id);
    parts_.shelf.apply_removed(id, change);
}

Task<contracts::ImportReport> Products::import_products(Caller caller,
                                                        contracts::ImportRequest request) {
    caller.require_admin();
    const ImportRun run = request.dry_run ? ImportRun::dry : ImportRun::real;
    co_await parts_.shelf.be_fresh();
    co_return co_await parts_.importer.import_text(std::move(request.bytes), run);
}

Task<FoundProducts> Products::search_by_vector(Caller, contracts::VectorSearchRequest request) {
    const embedding::Vector vector = to_vector(request);
    const Filters filters = request.filters ? to_filters(*request.filters) : Filters{};
    co_await parts_.shelf.be_fresh();
    Found found = parts_.shelf.catalogue().search_near(vector, filters,
                                                       static_cast<std::size_t>(request.limit));
    found.next.reset();
    co_return to_answer(contracts::SearchProductsRequest{}, std::move(found));
}

Task<contracts::ImportReport> Products::upsert_products(Caller, contracts::UpsertRequest request) {
    const ImportRun run = request.dry_run ? ImportRun::dry : ImportRun::real;
    co_await parts_.shelf.be_fresh();
    co_return co_await parts_.importer.import_lines(std::move(request.lines), run);
}

Task<contracts::FoundRefs> Products::find_products(Caller, contracts::FindProducts request) {
    co_await parts_.shelf.be_fresh();
    contracts::FoundRefs found;
    for (std::string& ref : request.refs) {
        const Catalogue::Coded one = parts_.shelf.find(ref);
        found.items.push_back({.ref = std::move(ref), .product = {}, .variant_id = one.variant});
        if (one.product) {
            found.items.back().product = *one.product;
        }
    }
    co_return found;
}

Task<Reply<Product>> Products::get_product_within(Caller caller, contracts::ProductRef request) {
    return get_product(std::move(caller), std::move(request));
}

Task<std::vector<Product>> Products::search_plainly(Caller, contracts::PlainSearch request) {
    co_await parts_.shelf.be_fresh();
    const Search wanted{.question = std::move(request.q), .filters = {}, .facets = {}, .limit = 50};
    std::vector<Product> products;
    for (const Found::Item& item : parts_.shelf.catalogue().search(wanted).items) {
        products.push_back(*item.product);
    }
    co_return products;
}

Task<FoundProducts> Products::search_within(Caller caller,
                                            contracts::SearchProductsRequest request) {
    return search_products(std::move(caller), std::move(request));
}

Task<std::vector<Product>> Products::list_category(Caller, contracts::CategoryRef request) {
    co_await parts_.shelf.be_fresh();
    const Browse wanted{
        .category = std::move(request.category), .brand = {}, .after = {}, .limit = 200};
    std::vector<Product> products;
    for (const ProductPtr& product : parts_.shelf.catalogue().browse(wanted).items) {
        products.push_back(*product);
    }
    co_return products;
}

}  // namespace loquat::product
