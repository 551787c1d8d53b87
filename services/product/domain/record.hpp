#pragma once
#include <optional>
#include <string>
#include <vector>

#include "contracts/product/product.hpp"

namespace loquat::product {

// What there is of a product in one form; of one without variants the id is nil.
struct FormStock {
    contracts::VariantId variant;
    std::int64_t counted = 0;
    std::int64_t held = 0;  // by checkouts; part of what is counted

    std::int64_t left() const { return counted - held; }

    friend bool operator==(const FormStock&, const FormStock&) = default;
};

// A product as it is stored: what was written, with the ids of its variants, and apart from that
// what there is of it.
struct Record {
    contracts::ProductId id;
    contracts::ProductInput input;  // its stock is what is left
    std::vector<FormStock> forms;   // in the order of the variants; never empty
    std::int64_t version = 1;
    Time updated_at;
    std::int64_t change = 0;  // the number of the last change, also of stock
};

// Stock alone has moved.
struct StockMove {
    contracts::ProductId id;
    std::vector<FormStock> forms;
    std::int64_t change = 0;
};

contracts::Product to_product(const Record& record);
// The same with other stock; forms that the product does not have are passed over.
contracts::Product with_stock(contracts::Product product, const std::vector<FormStock>& forms);

}  // namespace loquat::product
