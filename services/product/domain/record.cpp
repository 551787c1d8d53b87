#include "services/product/domain/record.hpp"

#include <algorithm>

namespace loquat::product {
namespace {

using contracts::Price;
using contracts::Product;
using contracts::Variant;

// Currencies were checked when they were written.
Price with_text(const Price& price) {
    const auto currency = Currency::parse(price.currency);
    return currency ? contracts::to_price({price.amount, *currency}) : price;
}

void add_option(Product& product, const std::string& name, const std::string& value) {
    std::vector<std::string>& values = product.options[name];
    if (std::ranges::find(values, value) == values.end()) {
        values.push_back(value);
    }
}

// The lowest price of what is there, or of all where nothing is.
const Price* lowest(const std::vector<Variant>& variants, bool is_in_stock) {
    const Price* low = nullptr;
    for (const Variant& variant : variants) {
        const bool counts = !is_in_stock || variant.stock > 0;
        if (counts && (low == nullptr || variant.price.amount < low->amount)) {
            low = &variant.price;
        }
    }
    return low;
}

}  // namespace

Product with_stock(Product product, const std::vector<FormStock>& forms) {
    if (product.variants.empty()) {
        product.stock = forms.empty() ? 0 : forms.front().left();
        return product;
    }
    product.stock = 0;
    for (Variant& variant : product.variants) {
        const auto form = std::ranges::find(forms, variant.id, &FormStock::variant);
        variant.stock = form == forms.end() ? 0 : form->left();
        product.stock += variant.stock;
    }
    const Price* low = lowest(product.variants, true);
    product.price = low != nullptr ? *low : *lowest(product.variants, false);
    return product;
}

Product to_product(const Record& record) {
    const contracts::ProductInput& input = record.input;
    Product product{.id = record.id,
                    .product_id = record.id,
                    .sku = input.sku,
                    .ean = input.ean,
                    .name = input.name,
                    .description = input.description,
                    .brand = input.brand,
                    .category = input.category,
                    .price = with_text(input.price),
                    .stock = 0,
                    .images = input.images,
                    .attributes = input.attributes,
                    .options = {},
                    .variants = {},
                    .rating = input.rating,
                    .tax_rate = input.tax_rate,
                    .version = record.version,
                    .updated_at = record.updated_at};
    for (const contracts::VariantInput& variant : input.variants) {
        product.variants.push_back({.id = variant.id.value_or(contracts::VariantId{}),
                                    .sku = variant.sku,
                                    .options = variant.options,
                                    .price = with_text(variant.price.value_or(input.price)),
                                    .stock = 0});
        for (const auto& [name, value] : variant.options) {
            add_option(product, name, value);
        }
    }
    return with_stock(std::move(product), record.forms);
}

}  // namespace loquat::product
