#pragma once
#include <string>
#include <string_view>

#include "contracts/product/product.hpp"

namespace loquat::product {

// Where a page of a list ended.
struct Cursor {
    double value = 0;  // of what the list is sorted by
    contracts::ProductId id;
};

// `list`: what tells the list from others, which take no cursor of it.
std::string write_cursor(const Cursor& cursor, std::string_view list);
// 422 `request.invalid` for what is no cursor of that list.
Cursor read_cursor(std::string_view text, std::string_view list);

}  // namespace loquat::product
