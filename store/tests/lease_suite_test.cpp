#include <gtest/gtest.h>

#include "store/lease/memory_leases.hpp"
#include "store/redis/redis_leases.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/redis_server.hpp"

// What every LeaseStore promises, run over all of them.
namespace loquat::store {
namespace {

using namespace std::chrono_literals;
using test::await;

class Place {
  public:
    virtual ~Place() = default;
    virtual LeaseStore& store() = 0;
    // As if the lease's time were over.
    virtual void expire(const std::string& name) = 0;
};

class MemoryPlace final : public Place {
  public:
    LeaseStore& store() override { return leases_; }
    void expire(const std::string&) override { clock_.advance(1h); }

  private:
    FakeClock clock_;
    MemoryLeases leases_{clock_};
};

class RedisPlace final : public Place {
  public:
    LeaseStore& store() override { return leases_; }
    void expire(const std::string& name) override {
        EXPECT_GT(server.ask({"PTTL", name}).integer, 0) << "it would end by itself";
        server.ask({"PEXPIRE", name, "0"});
    }

    test::RedisServer server;

  private:
    RedisClient client_{{.target = server.target(), .name = "test"}};
    RedisLeases leases_{client_, 20s};
};

enum class Kind { memory, redis };

struct LeaseSuite : testing::TestWithParam<Kind> {
    aio::Loop loop{"test"};
    std::unique_ptr<Place> place = open();

    static std::unique_ptr<Place> open() {
        if (GetParam() == Kind::memory) {
            return std::make_unique<MemoryPlace>();
        }
        return std::make_unique<RedisPlace>();
    }
    std::optional<Lease> acquire(const std::string& name, const std::string& holder) {
        return await(loop, place->store().acquire(name, holder, 1h));
    }
    bool renew(const Lease& lease) { return await(loop, place->store().renew(lease, 1h)); }
    bool release(const Lease& lease) { return await(loop, place->store().release(lease)); }
    std::optional<Lease> find(const std::string& name) {
        return await(loop, place->store().find(name));
    }
};

INSTANTIATE_TEST_SUITE_P(All, LeaseSuite, testing::Values(Kind::memory, Kind::redis),
                         [](const auto& info) {
                             return std::string{info.param == Kind::memory ? "memory" : "redis"};
                         });

TEST_P(LeaseSuite, is_held_by_one_at_a_time) {
    const auto mine = acquire("a", "me");
    const auto theirs = acquire("a", "them");
    const auto another = acquire("b", "them");

    ASSERT_TRUE(mine);
    EXPECT_FALSE(theirs);
    EXPECT_TRUE(another);
    EXPECT_EQ(find("a")->holder, "me");
    EXPECT_EQ(find("a")->fence, mine->fence);
    EXPECT_FALSE(find("nobody's"));
}

TEST_P(LeaseSuite, is_the_same_for_who_holds_it_already) {
    const auto first = acquire("a", "a holder with spaces");

    const auto again = acquire("a", "a holder with spaces");

    ASSERT_TRUE(again);
    EXPECT_EQ(again->fence, first->fence);
}

TEST_P(LeaseSuite, is_given_back_by_its_holder_alone) {
    const auto mine = acquire("a", "me");
    Lease forged = *mine;
    forged.fence += 1;

    EXPECT_FALSE(release(forged));
    EXPECT_TRUE(release(*mine));
    EXPECT_FALSE(release(*mine));
    EXPECT_TRUE(acquire("a", "them"));
}

TEST_P(LeaseSuite, ends_by_itself_and_its_sleeping_holder_has_the_lower_fence) {
    const auto mine = acquire("a", "me");
    place->expire("a");
    const auto theirs = acquire("a", "them");

    ASSERT_TRUE(theirs);
    EXPECT_GT(theirs->fence, mine->fence);
    EXPECT_FALSE(renew(*mine));
    EXPECT_FALSE(release(*mine));
    EXPECT_EQ(find("a")->holder, "them");
}

TEST_P(LeaseSuite, is_renewed_while_it_is_held) {
    const auto mine = acquire("a", "me");

    EXPECT_TRUE(renew(*mine));
    place->expire("a");
    EXPECT_FALSE(renew(*mine)) << "it has ended meanwhile";
    EXPECT_FALSE(find("a"));
}

TEST(RedisLeases, have_ascending_fences_also_after_the_server_has_lost_everything) {
    RedisPlace place;
    aio::Loop loop{"test"};
    const auto before = await(loop, place.store().acquire("a", "me", 1h));

    place.server.ask({"FLUSHALL"});
    const auto after = await(loop, place.store().acquire("a", "them", 1h));

    ASSERT_TRUE(after);
    EXPECT_GT(after->fence, before->fence);
}

TEST(RedisLeases, fail_at_once_while_the_server_is_away) {
    RedisPlace place;
    aio::Loop loop{"test"};
    place.server.kill();

    const std::string first =
        test::code_of([&] { await(loop, place.store().acquire("a", "me", 1h)); });

    EXPECT_TRUE(first == "store.unavailable" || first == "upstream.timeout") << first;
}

TEST(InflightLease, is_called_as_foreign_programs_know_it) {
    const UserId user = UserId::make();

    EXPECT_EQ(inflight_lease(user), "user:" + user.to_string() + ":inflight_generation");
}

}  // namespace
}  // namespace loquat::store
