#pragma once
#include "services/cart/ports.hpp"
#include "store/sql/migrations.hpp"

namespace loquat::cart {

// The steps of cart.db.
std::span<const store::Migration> sql_schema();

// Carts in a relational database; `database` outlives this.
class SqlCarts final : public CartStore {
  public:
    explicit SqlCarts(store::Database& database) : database_(database) {}

    Task<Loaded> load(ShopSessionId id, std::optional<store::KeyedRequest> request) override;
    Task<SaveEnd> save(Saving saving) override;
    Task<std::optional<CouponState>> find_coupon(std::string folded) override;
    Task<bool> add_coupon(CouponState coupon) override;
    Task<std::vector<CouponState>> list_coupons(std::string after, std::size_t limit) override;
    Task<bool> remove_coupon(std::string folded) override;
    Task<void> clean_up(Time now, std::size_t rows_max) override;

  private:
    store::Database& database_;
};

}  // namespace loquat::cart
