#pragma once
#include <string_view>

#include "services/product/import/import_line.hpp"

namespace loquat::product {

// Products of which each line is one, as JSON that POST /products takes.
class JsonLines final : public ImportSource {
  public:
    explicit JsonLines(std::string_view text) : text_(text) {}

    std::optional<ImportLine> next() override;

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;
};

// The products of one JSON text: a list, or {"products": [...]}.  Each is as POST /products takes
// it or, with a `title`, as DummyJSON has it: there `price` is what is paid, in USD, and discounts,
// least quantities and reviews are left out.  Throws what reading JSON throws, and 422
// `import.format` for another text.
class JsonProducts final : public ImportSource {
  public:
    explicit JsonProducts(std::string_view text);

    std::optional<ImportLine> next() override;

  private:
    wire::Value file_;
    const wire::Array* products_ = nullptr;
    std::size_t at_ = 0;
};

}  // namespace loquat::product
