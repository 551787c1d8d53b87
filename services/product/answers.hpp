#pragma once
#include "contracts/product/products.hpp"
#include "services/product/search/catalogue.hpp"

namespace loquat::product {

// What was asked for, as the catalogue takes it.  422 `request.invalid` for orders, facets and
// filters that there are not, and for the cursor of another search.
Search to_search(const contracts::SearchProductsRequest& request);
// Of length 1.  422 where there is neither a vector nor a text.
embedding::Vector to_vector(const contracts::VectorSearchRequest& request);
Filters to_filters(const contracts::ProductFilters& wanted);
contracts::FoundProducts to_answer(const contracts::SearchProductsRequest& request, Found found);

Browse to_browse(const contracts::ListProductsRequest& request);
contracts::Page<contracts::Product> to_answer(const contracts::ListProductsRequest& request,
                                              const Browsed& browsed);

// With its version as ETag.
contracts::Reply<contracts::Product> to_reply(const contracts::Product& product, int status = 200);

}  // namespace loquat::product
