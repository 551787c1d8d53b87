#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "contracts/product/product.hpp"

namespace loquat::product {

// Texts as numbers, so that filters and counts compare numbers. Only grows: names and values of
// a catalogue are few.
class Interned {
  public:
    using Key = std::uint32_t;

    Key key_of(std::string_view text);
    // None where no text was ever so.
    std::optional<Key> find(std::string_view text) const;
    const std::string& text(Key key) const { return *texts_[key]; }
    std::size_t size() const { return texts_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    std::unordered_map<std::string, Key, Hash, std::equal_to<>> keys_;
    std::vector<const std::string*> texts_;
};

// What filters and facets read of a product: numbers alone.
struct Row {
    struct Attribute {
        Interned::Key name;
        Interned::Key value;           // as a text
        std::optional<double> number;  // where it is one
    };
    // A form in which one can buy it; a product without variants has one without options.
    struct Form {
        std::int64_t price = 0;  // minor units
        std::int64_t stock = 0;
        std::vector<Attribute> options;
        std::optional<contracts::VariantId> variant;
    };

    std::optional<Interned::Key> category;
    std::optional<Interned::Key> brand;
    std::vector<Attribute> attributes;
    std::vector<Form> forms;  // never empty
};

Row to_row(const contracts::Product& product, Interned& texts);

// The text by which a value of an attribute is filtered and counted: true, 13, 2.5, blue.
std::string value_text(const wire::Value& value);

}  // namespace loquat::product
