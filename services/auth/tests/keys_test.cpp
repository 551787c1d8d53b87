#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "services/auth/adapters/key_file.hpp"
#include "services/auth/adapters/sql_keys.hpp"
#include "services/auth/adapters/sql_schema.hpp"
#include "services/auth/tests/world.hpp"
#include "testing/database_place.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using net::jose::Algorithm;
using net::jose::Key;

const Time t0 = FakeClock{}.now();

RingKey key_from(Time active_from) {
    return {Key::generate(Algorithm::eddsa), active_from, active_from};
}

TEST(KeyRing, signs_with_the_newest_active_key_and_publishes_the_next_ahead) {
    KeyRing ring{{key_from(t0)}, 15min};
    ring.add(key_from(t0 + 10min));

    EXPECT_EQ(ring.signing_key(t0).kid(), ring.keys()[0].key.kid());
    EXPECT_EQ(ring.published(t0).keys().size(), 2U);
    EXPECT_EQ(ring.signing_key(t0 + 10min).kid(), ring.keys()[1].key.kid());
}

TEST(KeyRing, keeps_an_old_key_until_its_last_token_has_expired) {
    KeyRing ring{{key_from(t0), key_from(t0 + 1h)}, 15min};
    const std::string old_kid = ring.keys()[0].key.kid();

    EXPECT_NE(ring.published(t0 + 1h + 15min - 1ms).find(old_kid), nullptr);
    EXPECT_EQ(ring.published(t0 + 1h + 15min).find(old_kid), nullptr);
    EXPECT_FALSE(ring.prune(t0 + 1h));
    EXPECT_TRUE(ring.prune(t0 + 1h + 15min));
    EXPECT_EQ(ring.keys().size(), 1U);
    EXPECT_FALSE(ring.prune(t0 + 1000h)) << "one always stays";
}

TEST_F(World, the_first_key_is_made_once_and_kept) {
    const std::string kid = keys.signing_key().kid();

    Keys again{key_store, signing, {.algorithm = Algorithm::eddsa}, clock};
    run(again.open());

    EXPECT_EQ(again.signing_key().kid(), kid);
}

TEST_F(World, rotation_signs_with_a_new_key_and_tokens_of_the_old_one_stay_good) {
    const auto before = sign_up("ann");
    const std::string old_kid = keys.signing_key().kid();

    run(keys.rotate());

    EXPECT_NE(keys.signing_key().kid(), old_kid);
    EXPECT_EQ(key_store.kept.size(), 2U) << "on disk before it signs";
    EXPECT_EQ(claims_of(before.access_token).subject, before.user.id.to_string());
    EXPECT_EQ(claims_of(sign_in("ann").access_token).subject, before.user.id.to_string());
}

TEST_F(World, a_key_that_is_too_old_is_replaced_with_notice) {
    const std::string old_kid = keys.signing_key().kid();
    clock.advance(30 * 24h);

    run(keys.maintain());
    EXPECT_EQ(keys.published().keys().size(), 2U);
    EXPECT_EQ(keys.signing_key().kid(), old_kid);

    clock.advance(10min);
    EXPECT_NE(keys.signing_key().kid(), old_kid);

    clock.advance(16min);
    run(keys.maintain());
    EXPECT_EQ(keys.published().find(old_kid), nullptr);
    EXPECT_EQ(key_store.kept.size(), 1U);
}

TEST_F(World, an_old_key_is_kept_when_forgetting_it_could_not_be_written_down) {
    const std::string old_kid = keys.signing_key().kid();
    run(keys.rotate());
    clock.advance(24h);
    key_store.fails = true;
    EXPECT_THROW(run(keys.maintain()), Failure);

    key_store.fails = false;
    run(keys.maintain());

    EXPECT_EQ(key_store.kept.size(), 1U);
    EXPECT_EQ(key_store.kept.front().key.kid(), keys.signing_key().kid());
}

TEST_F(World, another_configured_algorithm_brings_a_new_key) {
    Keys changed{key_store, signing, {.algorithm = Algorithm::es256}, clock};
    run(changed.open());

    run(changed.maintain());
    clock.advance(10min);

    EXPECT_EQ(changed.signing_key().algorithm(), Algorithm::es256);
}

struct KeyFiles : testing::Test {
    test::TemporaryFolder folder;
    std::filesystem::path path = folder / "keys.json";
};

TEST_F(KeyFiles, keep_keys_for_the_owner_alone) {
    KeyFile file{path};
    const std::vector<RingKey> keys{key_from(t0), key_from(t0 + 1h)};

    EXPECT_TRUE(file.load().empty());
    file.save(keys);
    file.save(keys);

    const auto read = file.load();
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[1].key.kid(), keys[1].key.kid());
    EXPECT_EQ(read[1].active_from, t0 + 1h);
    EXPECT_TRUE(read[1].key.can_sign());
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(KeyFiles, refuse_a_file_that_others_may_read_or_that_is_damaged) {
    KeyFile file{path};
    file.save({key_from(t0)});
    ::chmod(path.c_str(), 0644);
    EXPECT_EQ(code_of([&] { file.load(); }), "auth.keys_unusable");

    ::chmod(path.c_str(), 0600);
    std::ofstream{path} << "{\"keys\":[";
    EXPECT_EQ(code_of([&] { file.load(); }), "auth.keys_unusable");
}

TEST_F(World, new_keys_are_announced_before_they_sign) {
    std::string announced;
    std::string signed_with;
    keys.on_new_keys([&](const net::jose::KeySet& set) {
        announced = set.to_jwks();
        signed_with = keys.signing_key().kid();
    });
    const std::string before = keys.signing_key().kid();

    run(keys.rotate());

    EXPECT_EQ(signed_with, before);
    EXPECT_NE(announced.find(keys.signing_key().kid()), std::string::npos);
    EXPECT_NE(announced.find(before), std::string::npos) << "tokens of the old key are good still";
}

// Two instances that sign, with keys in one place.
struct TwoKeys : testing::Test {
    aio::Loop loop{"test"};
    FakeClock clock;
    aio::WorkerPool pool{"sign", 1, 16};
    test::DatabasePlace place{test::Keeping::postgres};
    std::unique_ptr<store::Database> here_base =
        place.open({.name = "auth", .schema = sql_schema()});
    std::unique_ptr<store::Database> there_base =
        place.open({.name = "auth", .schema = sql_schema()});
    MemoryKeys before;
    SqlKeys here_store{*here_base, before};
    SqlKeys there_store{*there_base, before};
    Keys here{here_store, pool, {.algorithm = Algorithm::eddsa}, clock};
    Keys there{there_store, pool, {.algorithm = Algorithm::eddsa}, clock};

    template <class T>
    T run(Task<T> task) {
        return run_to_end(loop, std::move(task));
    }
    void open_both() {
        run(here.open());
        run(there.open());
    }
};

TEST_F(TwoKeys, sign_with_one_first_key_of_two_that_were_made_at_once) {
    std::vector<RingKey> none;
    std::vector<RingKey> mine{key_from(t0)};
    std::vector<RingKey> other{key_from(t0)};
    const auto first = run(here_store.replace(none, mine));
    const auto second = run(there_store.replace(none, other));
    open_both();

    EXPECT_EQ(first[0].key.kid(), mine[0].key.kid());
    EXPECT_EQ(second[0].key.kid(), mine[0].key.kid());
    EXPECT_EQ(here.signing_key().kid(), mine[0].key.kid());
    EXPECT_EQ(there.signing_key().kid(), mine[0].key.kid());
    EXPECT_TRUE(there.signing_key().can_sign());
}

TEST_F(TwoKeys, take_over_what_the_folder_has_from_before) {
    before.kept = {key_from(t0), key_from(t0 + 1h)};
    open_both();
    before.kept.clear();

    Keys later{there_store, pool, {.algorithm = Algorithm::eddsa}, clock};
    run(later.open());

    EXPECT_EQ(later.published().keys().size(), 2U);
    EXPECT_EQ(later.signing_key().kid(), here.signing_key().kid());
}

TEST_F(TwoKeys, publish_at_once_what_the_other_has_made) {
    open_both();
    const std::string old_kid = there.signing_key().kid();

    run(here.rotate());
    const net::jose::KeySet known = run(there.published_by_all());

    EXPECT_NE(known.find(here.signing_key().kid()), nullptr);
    EXPECT_NE(known.find(old_kid), nullptr) << "its tokens are good still";
    EXPECT_EQ(there.signing_key().kid(), here.signing_key().kid());
}

TEST_F(TwoKeys, make_one_key_of_two_that_are_due_at_once) {
    open_both();
    clock.advance(30 * 24h);

    run(here.maintain());
    run(there.maintain());
    clock.advance(10min);

    EXPECT_EQ(run(here_store.load()).size(), 2U);
    EXPECT_EQ(there.signing_key().kid(), here.signing_key().kid());
    clock.advance(17min);
    run(there.maintain());
    run(here.maintain());
    EXPECT_EQ(here.published().keys().size(), 1U);
    EXPECT_EQ(run(here_store.load()).size(), 1U);
}

// It has read the keys before the other one changed them, and says so instead of undoing that.
TEST_F(TwoKeys, keep_what_the_other_made_meanwhile) {
    open_both();
    const std::vector<RingKey> known = run(there_store.load());
    run(here.rotate());

    std::vector<RingKey> wanted = known;
    wanted.push_back(key_from(clock.now()));
    const std::vector<RingKey> kept = run(there_store.replace(known, wanted));

    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[1].key.kid(), here.signing_key().kid());
}

class AwayKeys final : public KeyStore {
  public:
    explicit AwayKeys(MemoryKeys& inner) : inner_(inner) {}
    bool is_shared() const override { return true; }
    Task<std::vector<RingKey>> load() override {
        if (is_away) {
            throw Failure{Kind::unavailable, "store.unavailable", "away"};
        }
        return inner_.load();
    }
    Task<std::vector<RingKey>> replace(std::vector<RingKey> known,
                                       std::vector<RingKey> fresh) override {
        return inner_.replace(std::move(known), std::move(fresh));
    }
    bool is_away = false;

  private:
    MemoryKeys& inner_;
};

TEST_F(World, sign_and_publish_while_what_others_made_cannot_be_read) {
    AwayKeys away{key_store};
    Keys one{away, signing, {.algorithm = Algorithm::eddsa}, clock};
    run(one.open());

    away.is_away = true;
    const net::jose::KeySet known = run(one.published_by_all());

    EXPECT_NE(known.find(keys.signing_key().kid()), nullptr);
    EXPECT_EQ(one.signing_key().kid(), keys.signing_key().kid());
    EXPECT_EQ(code_of([&] { run(one.rotate()); }), "store.unavailable");
}

}  // namespace
}  // namespace loquat::auth
