#include "services/product/demo/demo.hpp"

namespace loquat::product {
namespace {

constexpr char products[] = {
#embed "dummyjson-products.json"
};

}  // namespace

std::string_view demo_products() { return {products, sizeof(products)}; }

}  // namespace loquat::product
