#include "services/product/import/json_products.hpp"

#include <cmath>

#include "base/text.hpp"
#include "wire/limits.hpp"

namespace loquat::product {
namespace {

using contracts::ProductInput;

// The parts of DummyJSON that are taken, by its names.
struct DummyDimensions {
    double width = 0;
    double height = 0;
    double depth = 0;
};
BOOST_DESCRIBE_STRUCT(DummyDimensions, (), (width, height, depth))

struct DummyMeta {
    std::optional<std::string> barcode;
};
BOOST_DESCRIBE_STRUCT(DummyMeta, (), (barcode))

struct DummyProduct {
    std::string title;
    std::optional<std::string> description;
    std::optional<std::string> category;
    double price = 0;
    std::optional<double> rating;
    std::optional<std::int64_t> stock;
    std::optional<std::vector<std::string>> tags;
    std::optional<std::string> brand;
    std::string sku;
    std::optional<double> weight;
    std::optional<DummyDimensions> dimensions;
    std::optional<std::string> warrantyInformation;
    std::optional<std::string> shippingInformation;
    std::optional<std::string> returnPolicy;
    std::optional<DummyMeta> meta;
    std::optional<std::vector<std::string>> images;
};
BOOST_DESCRIBE_STRUCT(DummyProduct, (),
                      (title, description, category, price, rating, stock, tags, brand, sku, weight,
                       dimensions, warrantyInformation, shippingInformation, returnPolicy, meta,
                       images))

void add_attributes(const DummyProduct& from, ProductInput& to) {
    const auto add = [&to](const char* name, const auto& value) {
        if (value) {
            to.attributes[name] = *value;
        }
    };
    add("warranty", from.warrantyInformation);
    add("shipping", from.shippingInformation);
    add("return_policy", from.returnPolicy);
    add("weight", from.weight);
    if (from.dimensions) {
        to.attributes["width"] = from.dimensions->width;
        to.attributes["height"] = from.dimensions->height;
        to.attributes["depth"] = from.dimensions->depth;
    }
    if (from.tags && !from.tags->empty()) {
        wire::Array tags;
        for (const std::string& tag : *from.tags) {
            tags.emplace_back(tag);
        }
        to.attributes["tags"] = std::move(tags);
    }
}

ProductInput to_input(const DummyProduct& from) {
    constexpr double cents = 100;
    if (!(from.price >= 0 && from.price * cents <= static_cast<double>(money_max))) {
        throw invalid_field("price", "amount", "must be an amount of 0 or more");
    }
    ProductInput to;
    to.sku = from.sku;
    to.name = from.title;
    to.ean = from.meta ? from.meta->barcode : std::nullopt;
    to.description = from.description.value_or("");
    to.brand = from.brand;
    to.category = from.category;
    to.price = {.amount = std::llround(from.price * cents), .currency = "USD", .text = {}};
    to.stock = from.stock.value_or(0);
    to.images = from.images.value_or(std::vector<std::string>{});
    to.rating = from.rating;
    add_attributes(from, to);
    return to;
}

}  // namespace

std::optional<ImportLine> JsonLines::next() {
    while (at_ < text_.size()) {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        const std::string_view raw = trim(text_.substr(at_, end - at_));
        at_ = end + 1;
        ++line_;
        if (raw.empty()) {
            continue;
        }
        ImportLine line{.line = line_, .product = {}};
        try {
            if (!is_utf8(raw)) {
                throw Failure{Kind::invalid, "import.not_utf8", "The line is not UTF-8."};
            }
            line.product = wire::from_json<ProductInput>(raw);
        } catch (const Failure& failure) {
            line.error = to_import_error(line_, failure);
        }
        return line;
    }
    return std::nullopt;
}

JsonProducts::JsonProducts(std::string_view text) : file_(wire::parse(text)) {
    const wire::Value* products = file_.find("products");
    products_ = products != nullptr ? products->if_array() : std::as_const(file_).if_array();
    if (products_ == nullptr) {
        throw Failure{Kind::invalid, "import.format",
                      "The JSON must be a list of products, or have one as \"products\"."};
    }
}

std::optional<ImportLine> JsonProducts::next() {
    if (at_ == products_->size()) {
        return std::nullopt;
    }
    ImportLine line{.line = at_ + 1, .product = {}};
    try {
        const wire::Value& one = (*products_)[at_];
        line.product = one.find("title") != nullptr ? to_input(wire::decode<DummyProduct>(one))
                                                    : wire::decode<ProductInput>(one);
        wire::check_limits(*line.product);
    } catch (const Failure& failure) {
        line.product.reset();
        line.error = to_import_error(line.line, failure);
    }
    ++at_;
    return line;
}

}  // namespace loquat::product
