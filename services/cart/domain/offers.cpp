#include "services/cart/domain/offers.hpp"

#include <algorithm>

#include "wire/failure_value.hpp"

namespace loquat::cart {
namespace {

struct Choice {
    VariantId variant_id;
    std::string sku;
    std::map<std::string, std::string> options;
    contracts::Price price;
    std::int64_t stock = 0;
};
BOOST_DESCRIBE_STRUCT(Choice, (), (variant_id, sku, options, price, stock))

}  // namespace

std::optional<Offer> offer_of(const contracts::Product& product, std::optional<VariantId> variant,
                              std::int64_t tax_rate) {
    if (variant.has_value() == product.variants.empty()) {
        return std::nullopt;
    }
    Offer offer{
        .form = {product.id, variant},
        .sku = product.sku,
        .name = product.name,
        .image = product.images.empty() ? std::nullopt : std::optional{product.images.front()},
        .price = product.price.amount,
        .currency = product.price.currency,
        .stock = product.stock,
        .tax_rate = product.tax_rate.value_or(tax_rate)};
    if (!variant) {
        return offer;
    }
    const auto found = std::ranges::find(product.variants, *variant, &contracts::Variant::id);
    if (found == product.variants.end()) {
        return std::nullopt;
    }
    offer.sku = found->sku;
    offer.options = found->options;
    offer.price = found->price.amount;
    offer.currency = found->price.currency;
    offer.stock = found->stock;
    return offer;
}

std::optional<VariantId> only_variant(const contracts::Product& product) {
    if (product.variants.empty()) {
        return std::nullopt;
    }
    if (product.variants.size() == 1) {
        return product.variants.front().id;
    }
    std::vector<Choice> choices;
    for (const contracts::Variant& one : product.variants) {
        choices.push_back({one.id, one.sku, one.options, one.price, one.stock});
    }
    Failure failure{Kind::invalid, "product.variant_needed",
                    product.name + " comes in several variants. Choose one."};
    wire::add_value(failure, "choices", choices);
    throw failure;
}

}  // namespace loquat::cart
