#include <map>
#include <random>

#include "services/product/tests/world.hpp"

// Random steps of checkouts beside plain counting.
namespace loquat::product {
namespace {

using contracts::ReservationId;

struct Plain {
    enum class State { held, taken, over };
    struct Held {
        State state;
        std::int64_t quantity;
    };
    std::int64_t counted = 20;
    std::map<ReservationId, Held> all;

    std::int64_t left() const {
        std::int64_t left = counted;
        for (const auto& [id, one] : all) {
            left -= one.state == State::held ? one.quantity : 0;
        }
        return left;
    }
};

class Steps : protected World {
  public:
    explicit Steps(unsigned seed) : random_(seed), product_(create(input("A", 1000, 20))) {}

    void step() {
        switch (random_() % 5) {
            case 0:
            case 1:
                return hold();
            case 2:
                return take();
            case 3:
                return release();
            default:
                return give_back();
        }
    }
    std::int64_t stock() { return get("A").stock; }
    std::int64_t plain_stock() const { return plain_.left(); }

  private:
    void hold() {
        const auto wanted = wish(product_, static_cast<std::int64_t>(random_() % 6 + 1));
        const std::int64_t quantity = wanted.lines.front().quantity;
        const bool has_room = plain_.left() >= quantity;
        EXPECT_EQ(reserve(wanted), has_room ? "ok" : "product.out_of_stock");
        if (has_room) {
            plain_.all[wanted.reservation_id] = {Plain::State::held, quantity};
        }
    }
    Plain::Held* any(ReservationId& id) {
        if (plain_.all.empty()) {
            return nullptr;
        }
        auto at = plain_.all.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random_() % plain_.all.size()));
        id = at->first;
        return &at->second;
    }
    void take() {
        ReservationId id;
        if (Plain::Held* one = any(id)) {
            const std::string code = run(test::code_of(shop.stock.take_stock({}, {id})));
            EXPECT_EQ(code, one->state == Plain::State::over ? "stock.reservation_over" : "ok");
            if (one->state == Plain::State::held) {
                one->state = Plain::State::taken;
                plain_.counted -= one->quantity;
            }
        }
    }
    void release() {
        ReservationId id;
        if (Plain::Held* one = any(id)) {
            const std::string code = run(test::code_of(shop.stock.release_stock({}, {id})));
            EXPECT_EQ(code, one->state == Plain::State::taken ? "stock.already_taken" : "ok");
            if (one->state == Plain::State::held) {
                one->state = Plain::State::over;
            }
        }
    }
    void give_back() {
        ReservationId id;
        if (Plain::Held* one = any(id)) {
            run(shop.stock.return_stock({}, {id}));
            plain_.counted += one->state == Plain::State::taken ? one->quantity : 0;
            one->state = Plain::State::over;
        }
    }

    std::mt19937 random_;
    Plain plain_;
    contracts::Product product_;
};

TEST(StockModel, counts_as_plain_counting_does) {
    for (unsigned seed = 1; seed <= 5; ++seed) {
        Steps steps{seed};
        for (int i = 0; i < 120; ++i) {
            steps.step();
            ASSERT_EQ(steps.stock(), steps.plain_stock()) << "seed " << seed << ", step " << i;
        }
    }
}

}  // namespace
}  // namespace loquat::product
