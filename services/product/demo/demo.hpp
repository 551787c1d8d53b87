#pragma once
#include <string_view>

namespace loquat::product {

// The demo catalogue: 194 products of DummyJSON (NOTICE), as import takes them.
std::string_view demo_products();

}  // namespace loquat::product
