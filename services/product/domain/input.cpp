#include "services/product/domain/input.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace loquat::product {
namespace {

using contracts::ProductInput;
using contracts::VariantInput;

class Check {
  public:
    void refuse(std::string field, std::string code, std::string message) {
        failure_.fields.push_back({std::move(field), std::move(code), std::move(message)});
    }
    // For one line: no line ends either.
    void check_line(const std::string& field, std::string& text) {
        text = std::string{trim(text)};
        const bool is_broken =
            find_control_character(text) || text.find_first_of("\t\n") != std::string::npos;
        if (is_broken) {
            refuse(field, "control_character", "must not hold control characters");
        }
    }
    void check_wanted_line(const std::string& field, std::string& text) {
        check_line(field, text);
        if (text.empty()) {
            refuse(field, "empty", "must not be empty");
        }
    }
    // What is there but says nothing is not there.
    void check_line(const std::string& field, std::optional<std::string>& text) {
        if (text) {
            check_line(field, *text);
            if (text->empty()) {
                text.reset();
            }
        }
    }
    void check_price(const std::string& field, const contracts::Price& price) {
        if (price.amount < 0) {
            refuse(field + ".amount", "too_small", "must not be less than 0");
        }
        if (!Currency::parse(price.currency)) {
            refuse(field + ".currency", "currency", "must be a currency of ISO 4217, such as EUR");
        }
    }
    void throw_if_any() {
        if (!failure_.fields.empty()) {
            const FieldError& first = failure_.fields.front();
            failure_.message = first.field + ": " + first.message;
            throw std::move(failure_);
        }
    }

  private:
    Failure failure_{Kind::invalid, "request.invalid", ""};
};

constexpr std::size_t attribute_characters_max = 10'000;
constexpr std::size_t attribute_values_max = 100;

bool is_attribute_value(const wire::Value& value) {
    const std::string* text = value.if_string();
    return value.if_bool() != nullptr || value.is_number() ||
           (text != nullptr && count_characters(*text) <= attribute_characters_max);
}

void check_attributes(ProductInput& input, Check& check) {
    for (auto& [name, value] : input.attributes) {
        const std::string field = "attributes." + name;
        const wire::Array* values = value.if_array();
        const bool is_good = values == nullptr
                                 ? is_attribute_value(value)
                                 : values->size() <= attribute_values_max &&
                                       std::ranges::all_of(*values, is_attribute_value);
        if (!is_good) {
            check.refuse(field, "type",
                         "must be a text of at most 10000 characters, a number, a flag, or a list "
                         "of at most 100 of these");
        }
        if (name.empty() || count_characters(name) > 100) {
            check.refuse(field, "name", "must have a name of 1 to 100 characters");
        }
    }
}

std::set<std::string> names_of(const std::map<std::string, std::string>& options) {
    std::set<std::string> names;
    for (const auto& [name, value] : options) {
        names.insert(name);
    }
    return names;
}

void check_options(const std::string& field, VariantInput& variant, Check& check) {
    for (auto& [name, value] : variant.options) {
        check.check_wanted_line(field + ".options." + name, value);
        if (name.empty() || count_characters(name) > 100 || count_characters(value) > 200) {
            check.refuse(field + ".options", "length",
                         "must have names of 1 to 100 and values of 1 to 200 characters");
        }
    }
}

void check_variants(ProductInput& input, Check& check) {
    std::set<std::string> skus{input.sku};
    std::set<std::map<std::string, std::string>> all_options;
    for (std::size_t i = 0; i < input.variants.size(); ++i) {
        VariantInput& variant = input.variants[i];
        const std::string field = "variants[" + std::to_string(i) + "]";
        check.check_wanted_line(field + ".sku", variant.sku);
        check_options(field, variant, check);
        if (!variant.price) {
            variant.price = input.price;
        }
        check.check_price(field + ".price", *variant.price);
        variant.price->text.reset();
        if (variant.price->currency != input.price.currency) {
            check.refuse(field + ".price.currency", "other_currency", "must be the product's");
        }
        if (!skus.insert(variant.sku).second) {
            check.refuse(field + ".sku", "twice", "is there twice");
        }
        if (!all_options.insert(variant.options).second) {
            check.refuse(field + ".options", "twice", "are those of another variant");
        }
        if (names_of(variant.options) != names_of(input.variants.front().options)) {
            check.refuse(field + ".options", "other_names", "must be those that the others have");
        }
    }
}

template <class T>
void take(T& member, const std::optional<T>& given) {
    if (given) {
        member = *given;
    }
}

}  // namespace

void check_input(ProductInput& input) {
    Check check;
    check.check_wanted_line("sku", input.sku);
    check.check_wanted_line("name", input.name);
    check.check_line("ean", input.ean);
    check.check_line("brand", input.brand);
    check.check_line("category", input.category);
    check.check_price("price", input.price);
    input.price.text.reset();
    input.description = normalise_line_ends(input.description);
    if (find_control_character(input.description)) {
        check.refuse("description", "control_character", "must not hold control characters");
    }
    for (std::size_t i = 0; i < input.images.size(); ++i) {
        const std::string field = "images[" + std::to_string(i) + "]";
        check.check_wanted_line(field, input.images[i]);
        if (input.images[i].size() > 2'000) {
            check.refuse(field, "too_long", "must have at most 2000 bytes");
        }
    }
    check_attributes(input, check);
    check_variants(input, check);
    check.throw_if_any();
}

ProductInput patched(ProductInput input, const contracts::PatchProductRequest& patch) {
    take(input.sku, patch.sku);
    take(input.ean, patch.ean);
    take(input.name, patch.name);
    take(input.description, patch.description);
    take(input.brand, patch.brand);
    take(input.category, patch.category);
    if (patch.price) {
        // Variants that cost what the product did go on to.
        for (VariantInput& variant : input.variants) {
            if (variant.price && *variant.price == input.price) {
                variant.price.reset();
            }
        }
        input.price = *patch.price;
    }
    take(input.stock, patch.stock);
    take(input.images, patch.images);
    take(input.attributes, patch.attributes);
    take(input.variants, patch.variants);
    take(input.rating, patch.rating);
    take(input.tax_rate, patch.tax_rate);
    return input;
}

void give_variant_ids(ProductInput& input, const ProductInput* before) {
    const std::vector<VariantInput> none;
    const std::vector<VariantInput>& known = before == nullptr ? none : before->variants;
    std::set<contracts::VariantId> taken;
    const auto is_free = [&](const VariantInput& one) { return !taken.contains(*one.id); };
    const auto take_id = [&](VariantInput& variant, const VariantInput& of) {
        variant.id = of.id;
        taken.insert(*of.id);
    };
    // Those that say which one they are come first.
    for (VariantInput& variant : input.variants) {
        const auto same = std::ranges::find(known, variant.id, &VariantInput::id);
        if (variant.id && same != known.end() && is_free(*same)) {
            take_id(variant, *same);
        } else {
            variant.id.reset();
        }
    }
    for (VariantInput& variant : input.variants) {
        const auto same = std::ranges::find(known, variant.sku, &VariantInput::sku);
        if (!variant.id && same != known.end() && is_free(*same)) {
            take_id(variant, *same);
        } else if (!variant.id) {
            variant.id = contracts::VariantId::make();
        }
    }
}

}  // namespace loquat::product
