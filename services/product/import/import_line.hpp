#pragma once
#include <optional>
#include <string>

#include "contracts/product/products.hpp"

namespace loquat::product {

// One product of a file, or why it is none.
struct ImportLine {
    std::size_t line = 0;  // where it begins, from 1; of one JSON text its place among the products
    std::optional<contracts::ProductInput> product;
    contracts::ImportError error{};
};

// Of formats, one after the other.
class ImportSource {
  public:
    virtual ~ImportSource() = default;
    // None at the end.
    virtual std::optional<ImportLine> next() = 0;
};

// `error` of a line in the words of what was thrown about it.
contracts::ImportError to_import_error(std::size_t line, const Failure& failure);

}  // namespace loquat::product
