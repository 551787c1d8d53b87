#include <algorithm>
#include <random>

#include "services/cart/tests/world.hpp"

namespace loquat::cart {
namespace {

// What is in a cart, by SKU.
using Content = std::map<std::string, std::int64_t>;

struct Step {
    enum class Kind { add, remove, set } kind = Kind::add;
    std::string sku;
    std::int64_t quantity = 0;
};

// What became of a step: the cart that it was answered with, or the code.
struct Done {
    Step step;
    std::string code;
    std::int64_t version = -1;
    Content after;
};

// The cart as one would keep it on paper.
std::pair<std::string, Content> on_paper(Content before, const Step& step, std::int64_t stock) {
    const auto had = before.find(step.sku);
    const std::int64_t wanted = step.kind == Step::Kind::add
                                    ? (had == before.end() ? 0 : had->second) + step.quantity
                                    : step.quantity;
    if (step.kind != Step::Kind::add && had == before.end()) {
        return {"cart.line_not_found", before};
    }
    if (step.kind == Step::Kind::remove) {
        before[step.sku] -= step.quantity;
        std::erase_if(before, [](const auto& entry) { return entry.second <= 0; });
        return {"ok", before};
    }
    if (wanted > stock) {
        return {"product.out_of_stock", before};
    }
    before[step.sku] = wanted;
    std::erase_if(before, [](const auto& entry) { return entry.second == 0; });
    return {"ok", before};
}

struct CartProperty : CartWorld {
    static constexpr std::int64_t stock = 40;
    std::mt19937 random{20'260};
    std::vector<Done> all;

    Step any_step() {
        static const std::array<std::string, 4> skus{"pear", "plum", "fig", "quince"};
        const auto kind = static_cast<Step::Kind>(random() % 3);
        const std::int64_t least = kind == Step::Kind::set ? 0 : 1;
        return {kind, skus.at(random() % skus.size()),
                least + static_cast<std::int64_t>(random() % 12)};
    }

    Task<contracts::CartReply> start(Carts& at, Step step) {
        const std::string id = session.to_string();
        switch (step.kind) {
            case Step::Kind::add:
                return at.add_to_cart(ana, adding(step.sku, step.quantity));
            case Step::Kind::remove:
                return at.remove_from_cart(
                    ana, {.session_id = id, .product_id = step.sku, .quantity = step.quantity});
            case Step::Kind::set:
                break;
        }
        return at.update_cart(
            ana, {.session_id = id, .product_id = step.sku, .quantity = step.quantity});
    }

    Task<void> take(Carts& at, Step step) {
        Done done{.step = step, .code = "ok"};
        try {
            const auto reply = co_await start(at, step);
            const contracts::Cart cart = read(reply);
            done.version = cart.version;
            for (const contracts::CartLine& line : cart.lines) {
                done.after[line.sku] = line.quantity;
            }
        } catch (const Failure& failure) {
            done.code = failure.code;
        }
        all.push_back(std::move(done));
    }
};

// Every answer must be that of one order of all steps: the one that the versions give.
TEST_F(CartProperty, is_what_one_after_the_other_would_have_made_of_it) {
    for (const char* sku : {"pear", "plum", "fig", "quince"}) {
        shelf.put(sku, 100, stock);
    }
    constexpr std::size_t rounds = 15;
    constexpr std::size_t at_once = 16;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < at_once; ++i) {
            loop.spawn(take(i % 2 == 0 ? carts : other, any_step()));
        }
        const std::size_t wanted = (round + 1) * at_once;
        ASSERT_TRUE(test::comes_true([&] { return all.size() == wanted; }, [&] { now(); }));
    }

    std::map<std::int64_t, std::vector<Done>> by_version;
    for (const Done& done : all) {
        if (done.code == "ok") {
            by_version[done.version].push_back(done);
        }
    }
    std::map<std::int64_t, Content> states{{0, {}}};
    for (const auto& [version, steps] : by_version) {
        const auto before = states.find(version - 1);
        const Content after = steps.front().after;
        int makers = 0;
        for (const Done& done : steps) {
            const bool makes = before != states.end() && before->second != after &&
                               on_paper(before->second, done.step, stock).second == after;
            const bool keeps = on_paper(after, done.step, stock).second == after;
            makers += makes && !keeps ? 1 : 0;
            EXPECT_EQ(done.after, after) << "two carts of version " << version;
            EXPECT_TRUE(makes || keeps) << "version " << version;
        }
        EXPECT_LE(makers, 1) << "version " << version;
        states[version] = after;
    }
    EXPECT_EQ(static_cast<std::int64_t>(states.size()), states.rbegin()->first + 1);
    EXPECT_EQ(now().version, states.rbegin()->first);
    for (const Done& done : all) {
        const bool could_be =
            done.code == "ok" || std::ranges::any_of(states, [&done](const auto& state) {
                return on_paper(state.second, done.step, stock).first == done.code;
            });
        EXPECT_TRUE(could_be) << done.code;
    }
}

}  // namespace
}  // namespace loquat::cart
