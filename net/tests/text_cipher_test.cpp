#include "net/crypto/text_cipher.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "net/jose/key.hpp"

namespace loquat::net {
namespace {

// Encrypted by Spring Cloud Config with `encrypt.key=foo`.
TEST(SecretCipher, reads_what_spring_wrote) {
    const auto cipher = make_secret_cipher("foo");

    EXPECT_EQ(cipher->decrypt("682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda"),
              "mysecret");
}

TEST(SecretCipher, reads_back_what_it_wrote_and_nothing_else) {
    const auto cipher = make_secret_cipher("words of mine", "0011");
    for (const std::string& text : {std::string{}, std::string{"a"}, std::string(5'000, 'x')}) {
        const std::string encrypted = cipher->encrypt(text);
        EXPECT_EQ(cipher->decrypt(encrypted), text);
        EXPECT_NE(cipher->encrypt(text), encrypted) << "a fresh nonce each time";
        EXPECT_NE(make_secret_cipher("words of mine")->decrypt(encrypted), text) << "another salt";
    }
    for (const std::string_view bad :
         {"", "00", "zz", "0", "é", "682bc583f4641835fa2db00935529366"}) {
        EXPECT_FALSE(cipher->decrypt(bad)) << bad;
    }
}

TEST(SecretCipher, needs_a_secret_and_a_salt) {
    EXPECT_THROW(make_secret_cipher(""), Failure);
    EXPECT_THROW(make_secret_cipher("foo", "xyz"), Failure);
    EXPECT_THROW(make_secret_cipher("foo", ""), Failure);
}

}  // namespace
}  // namespace loquat::net
