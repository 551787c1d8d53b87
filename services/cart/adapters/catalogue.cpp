#include "services/cart/adapters/catalogue.hpp"

#include "services/cart/domain/offers.hpp"

namespace loquat::cart {
namespace {

constexpr std::size_t refs_max = 500;  // of one question

std::string without_table(std::string_view ref) {
    constexpr std::string_view table = "product:";
    return std::string{ref.starts_with(table) ? ref.substr(table.size()) : ref};
}

Failure no_variant() {
    return {Kind::not_found, "product.variant_not_found", "The product has no such variant."};
}

}  // namespace

Task<contracts::FoundRef> Catalogue::find_one(contracts::Caller caller, std::string ref) {
    contracts::FindProducts request{{without_table(ref)}};
    auto found = co_await products_.call<&contracts::ProductApi::find_products>(std::move(caller),
                                                                                std::move(request));
    co_return found.items.empty() ? contracts::FoundRef{} : std::move(found.items.front());
}

Task<Offer> Catalogue::resolve(contracts::Caller caller, Wished wished) {
    const contracts::FoundRef found =
        co_await find_one(std::move(caller), std::move(wished.product));
    if (!found.product) {
        throw Failure{Kind::not_found, "product.not_found", "There is no such product."};
    }
    std::optional<VariantId> variant = found.variant_id;
    if (wished.variant) {
        variant = VariantId::parse(*wished.variant);
        if (!variant) {
            throw no_variant();
        }
    } else if (!variant) {
        variant = only_variant(*found.product);
    }
    auto offer = offer_of(*found.product, variant, tax_rate_);
    if (!offer) {
        throw no_variant();
    }
    co_return *std::move(offer);
}

Task<Offers> Catalogue::find(contracts::Caller caller, std::vector<Form> forms) {
    Offers offers;
    for (std::size_t begin = 0; begin < forms.size(); begin += refs_max) {
        const std::size_t end = std::min(forms.size(), begin + refs_max);
        contracts::FindProducts request;
        for (std::size_t i = begin; i < end; ++i) {
            request.refs.push_back(forms[i].product.to_string());
        }
        const auto found =
            co_await products_.call<&contracts::ProductApi::find_products>(caller, request);
        for (std::size_t i = begin; i < end && i - begin < found.items.size(); ++i) {
            const contracts::FoundRef& one = found.items[i - begin];
            const auto offer =
                one.product ? offer_of(*one.product, forms[i].variant, tax_rate_) : std::nullopt;
            if (offer) {
                offers.emplace(forms[i], *offer);
            }
        }
    }
    co_return offers;
}

Task<std::optional<Products::Named>> Catalogue::name(contracts::Caller caller, std::string ref) {
    const contracts::FoundRef found = co_await find_one(std::move(caller), std::move(ref));
    if (!found.product) {
        co_return std::nullopt;
    }
    co_return Named{found.product->id, found.variant_id};
}

}  // namespace loquat::cart
