#pragma once
#include "contracts/core/operation.hpp"
#include "contracts/product/import.hpp"
#include "contracts/product/search.hpp"

// The catalogue.  Failures: product.not_found, product.sku_taken, product.version_moved,
// auth.required, auth.admin_only, request.invalid.
namespace loquat::contracts {

// With 500 variants and 300 attributes.
inline constexpr std::size_t product_bytes_max = 1024 * 1024;
// Some 60,000 products with their attributes.
inline constexpr std::size_t import_bytes_max = 64 * 1024 * 1024;

struct ProductRef {
    std::string id;  // an id, or a SKU or EAN

    static constexpr std::array fields{wire::Field{"id", 1, 300, "An id, a SKU or an EAN."}};
};
BOOST_DESCRIBE_STRUCT(ProductRef, (), (id))

struct ListProductsRequest {
    std::optional<std::string> category;
    std::optional<std::string> brand;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListProductsRequest, (), (category, brand, limit, cursor))

struct Categories {
    std::vector<ValueCount> items;
};
BOOST_DESCRIBE_STRUCT(Categories, (), (items))

struct Suggestions {
    std::vector<Suggestion> items;
};
BOOST_DESCRIBE_STRUCT(Suggestions, (), (items))

struct ReplaceProductRequest : ProductInput {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(ReplaceProductRequest, (ProductInput), (id))

// What is given is changed; null takes away what may be absent.
struct PatchProductRequest {
    std::string id;
    std::optional<std::string> sku;
    std::optional<std::optional<std::string>> ean;
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<std::optional<std::string>> brand;
    std::optional<std::optional<std::string>> category;
    std::optional<Price> price;
    std::optional<std::int64_t> stock;
    std::optional<std::vector<std::string>> images;
    std::optional<std::map<std::string, wire::Value>> attributes;
    std::optional<std::vector<VariantInput>> variants;
    std::optional<std::optional<double>> rating;
    std::optional<std::optional<std::int64_t>> tax_rate;

    static constexpr auto fields = ProductInput::fields;
};
BOOST_DESCRIBE_STRUCT(PatchProductRequest, (),
                      (id, sku, ean, name, description, brand, category, price, stock, images,
                       attributes, variants, rating, tax_rate))

// What other services know products by: ids, SKUs (also of variants) or EANs.
struct FindProducts {
    std::vector<std::string> refs;

    static constexpr std::array fields{wire::Field{"refs", 1, 500, ""}};
};
BOOST_DESCRIBE_STRUCT(FindProducts, (), (refs))

struct FoundRef {
    std::string ref;
    std::optional<Product> product;       // absent: there is none
    std::optional<VariantId> variant_id;  // where the ref is of one
};
BOOST_DESCRIBE_STRUCT(FoundRef, (), (ref, product, variant_id))

struct FoundRefs {
    std::vector<FoundRef> items;  // in the order asked for
};
BOOST_DESCRIBE_STRUCT(FoundRefs, (), (items))

struct CategoryRef {
    std::string category;

    static constexpr std::array fields{wire::Field{"category", 1, 200, ""}};
};
BOOST_DESCRIBE_STRUCT(CategoryRef, (), (category))

struct PlainSearch {
    std::string q;

    static constexpr std::array fields{wire::Field{"q", 0, 500, "Empty: all products."}};
};
BOOST_DESCRIBE_STRUCT(PlainSearch, (), (q))

class ProductApi {
  public:
    virtual ~ProductApi() = default;

    virtual Task<Reply<Product>> get_product(Caller caller, ProductRef request) = 0;
    // By id.
    virtual Task<Page<Product>> list_products(Caller caller, ListProductsRequest request) = 0;
    // By name.
    virtual Task<Categories> list_categories(Caller caller, Empty request) = 0;
    virtual Task<FoundProducts> search_products(Caller caller, SearchProductsRequest request) = 0;
    virtual Task<Suggestions> suggest_products(Caller caller, SuggestRequest request) = 0;

    virtual Task<Reply<Product>> create_product(Caller caller, ProductInput request) = 0;
    // Whole: what is not given is not there any more.  Variants keep their ids by id, else by SKU.
    virtual Task<Reply<Product>> replace_product(Caller caller, ReplaceProductRequest request) = 0;
    virtual Task<Reply<Product>> patch_product(Caller caller, PatchProductRequest request) = 0;
    virtual Task<void> delete_product(Caller caller, ProductRef request) = 0;

    // Each line is a product that is created or, by its SKU, written anew; a line that is wrong is
    // told and changes nothing.  `import.*` for a file of which no line can be read.  POST
    // /products/import, for administrators; other services have upsert_products.
    virtual Task<ImportReport> import_products(Caller caller, ImportRequest request) = 0;

    // For services.  As the outside's routes, but for the names.
    virtual Task<FoundRefs> find_products(Caller caller, FindProducts request) = 0;
    virtual Task<Reply<Product>> get_product_within(Caller caller, ProductRef request) = 0;
    virtual Task<std::vector<Product>> search_plainly(Caller caller, PlainSearch request) = 0;
    virtual Task<FoundProducts> search_within(Caller caller, SearchProductsRequest request) = 0;
    virtual Task<FoundProducts> search_by_vector(Caller caller, VectorSearchRequest request) = 0;
    virtual Task<ImportReport> upsert_products(Caller caller, UpsertRequest request) = 0;
    // The first 200.
    virtual Task<std::vector<Product>> list_category(Caller caller, CategoryRef request) = 0;
};

template <>
struct Table<ProductApi> {
    static constexpr std::string_view service = "product";
    static constexpr std::tuple routes{
        Route<&ProductApi::get_product>{{.method = "GET",
                                         .path = "/products/{id}",
                                         .summary = "A product, by id, SKU or EAN",
                                         .access = Access::anyone}},
        Route<&ProductApi::list_products>{{.method = "GET",
                                           .path = "/products",
                                           .summary = "Products, of a category or brand",
                                           .access = Access::anyone}},
        Route<&ProductApi::list_categories>{
            {.method = "GET",
             .path = "/products/categories",
             .summary = "Categories, and how many products each has",
             .access = Access::anyone}},
        Route<&ProductApi::search_products>{{.method = "POST",
                                             .path = "/products/search",
                                             .summary = "Search products, with filters and facets",
                                             .access = Access::anyone,
                                             .repeat = Repeat::safe}},
        Route<&ProductApi::suggest_products>{{.method = "GET",
                                              .path = "/products/suggest",
                                              .summary = "What somebody may be about to type",
                                              .access = Access::anyone}},
        Route<&ProductApi::create_product>{{.method = "POST",
                                            .path = "/products",
                                            .summary = "Add a product",
                                            .access = Access::admin,
                                            .status = 201,
                                            .body_bytes_max = product_bytes_max}},
        Route<&ProductApi::replace_product>{{.method = "PUT",
                                             .path = "/products/{id}",
                                             .summary = "Write a product anew",
                                             .access = Access::admin,
                                             .body_bytes_max = product_bytes_max}},
        Route<&ProductApi::patch_product>{{.method = "PATCH",
                                           .path = "/products/{id}",
                                           .summary = "Change what is given of a product",
                                           .access = Access::admin,
                                           .body_bytes_max = product_bytes_max}},
        Route<&ProductApi::delete_product>{{.method = "DELETE",
                                            .path = "/products/{id}",
                                            .summary = "Take a product out of the catalogue",
                                            .access = Access::admin}},
        Route<&ProductApi::upsert_products>{{.method = "POST",
                                             .path = "/internal/products/upsert",
                                             .summary = "Add and change many products",
                                             .access = Access::internal,
                                             .body_bytes_max = import_bytes_max,
                                             .time_max = std::chrono::minutes{1},
                                             .repeat = Repeat::safe}},
        Route<&ProductApi::find_products>{{.method = "POST",
                                           .path = "/internal/products/find",
                                           .summary = "Products by ids, SKUs and EANs",
                                           .access = Access::internal,
                                           .repeat = Repeat::safe}},
        Route<&ProductApi::get_product_within>{{.method = "GET",
                                                .path = "/internal/products/{id}",
                                                .summary = "A product, by id, SKU or EAN",
                                                .access = Access::internal}},
        Route<&ProductApi::search_plainly>{{.method = "GET",
                                            .path = "/internal/products/search",
                                            .summary = "The best 50 products for a text",
                                            .access = Access::internal}},
        Route<&ProductApi::search_within>{{.method = "POST",
                                           .path = "/internal/products/search",
                                           .summary = "Search products",
                                           .access = Access::internal,
                                           .repeat = Repeat::safe}},
        Route<&ProductApi::search_by_vector>{
            {.method = "POST",
             .path = "/internal/products/vector-search",
             .summary = "Products that mean what a text or vector means",
             .access = Access::internal,
             .repeat = Repeat::safe}},
        Route<&ProductApi::list_category>{{.method = "GET",
                                           .path = "/internal/products/by-category",
                                           .summary = "Products of a category",
                                           .access = Access::internal}},
    };
};

std::vector<Operation> products_operations();

}  // namespace loquat::contracts
