#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "services/auth/adapters/key_file.hpp"
#include "services/auth/tests/world.hpp"
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

    const Keys again{key_store, signing, {.algorithm = Algorithm::eddsa}, clock};

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

}  // namespace
}  // namespace loquat::auth
