#include <array>

#include "services/cart/adapters/sql_carts.hpp"

namespace loquat::cart {
namespace {

constexpr char carts[] = {
#embed "../schema/0001_carts.sql"
};

}  // namespace

std::span<const store::Migration> sql_schema() {
    static const std::array steps{
        store::Migration{1, "carts", {carts, sizeof(carts)}},
        store::Migration{2, "kept_answers", store::kept_answers_schema()}};
    return steps;
}

}  // namespace loquat::cart
