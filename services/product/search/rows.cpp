#include "services/product/search/rows.hpp"

#include <charconv>

namespace loquat::product {
namespace {

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional{number} : std::nullopt;
}

Row::Attribute attribute_of(std::string_view name, std::string_view value, Interned& texts) {
    return {.name = texts.key_of(name), .value = texts.key_of(value), .number = number_of(value)};
}

}  // namespace

Interned::Key Interned::key_of(std::string_view text) {
    if (const auto found = keys_.find(text); found != keys_.end()) {
        return found->second;
    }
    const auto key = static_cast<Key>(texts_.size());
    const auto added = keys_.emplace(std::string{text}, key).first;
    texts_.push_back(&added->first);
    return key;
}

std::optional<Interned::Key> Interned::find(std::string_view text) const {
    const auto found = keys_.find(text);
    return found == keys_.end() ? std::nullopt : std::optional{found->second};
}

std::string value_text(const wire::Value& value) {
    const std::string* text = value.if_string();
    return text != nullptr ? *text : wire::to_json(value);
}

Row to_row(const contracts::Product& product, Interned& texts) {
    Row row;
    if (product.category) {
        row.category = texts.key_of(*product.category);
    }
    if (product.brand) {
        row.brand = texts.key_of(*product.brand);
    }
    for (const auto& [name, value] : product.attributes) {
        if (const wire::Array* values = value.if_array()) {
            for (const wire::Value& one : *values) {
                row.attributes.push_back(attribute_of(name, value_text(one), texts));
            }
        } else {
            row.attributes.push_back(attribute_of(name, value_text(value), texts));
        }
    }
    for (const contracts::Variant& variant : product.variants) {
        Row::Form form{.price = variant.price.amount,
                       .stock = variant.stock,
                       .options = {},
                       .variant = variant.id};
        for (const auto& [name, value] : variant.options) {
            form.options.push_back(attribute_of(name, value, texts));
        }
        row.forms.push_back(std::move(form));
    }
    if (row.forms.empty()) {
        row.forms.push_back({.price = product.price.amount,
                             .stock = product.stock,
                             .options = {},
                             .variant = std::nullopt});
    }
    return row;
}

}  // namespace loquat::product
