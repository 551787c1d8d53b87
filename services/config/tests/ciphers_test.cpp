#include "services/config/front/ciphers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/failure.hpp"

namespace loquat::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A key of its own for this test, and "mysecret" under it, made by the commands of OpenSSL.
const std::string rsa_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCN1ce5rkGXf9OW\n"
    "a2Q2sbfRQmLSatNRxHxsL46RoAQ5G5hu/czTyUyLulitsLbWLRr82zreu468TSy7\n"
    "l9XIszpFYTcL5F/xegGA1i+w2Df3nTH12dsog926+ZBnrgNN0cCAb1M3tYOEUTFz\n"
    "SxY47ew7x4sLdtQJbG2QdkwOQtuhFw098waXt3BIeLOBZ6T5l33CRxxLsatntK8+\n"
    "3KYbkDHokVOGGWURIESYOSlU+FWnh6kQ0lBxrvsBOpfVDcQ6TATysB5el0rSLvLk\n"
    "sZIApgjkeYlMPdvjecDdKMsdkB6s7wGB3/z9mMpuynojMxD+KQqZFwC6NMhctu1Q\n"
    "Up7/W2SdAgMBAAECggEAId+dUkVhcWDsI7e0qJJTi/S+nLG6E8RpEb5e3n0YnRnv\n"
    "0wwms6rW7uT7gknatLZzhFGIUwL4sRR+WzQFMOhLAaBY0OyDFGz2uHIO1D2jSi3+\n"
    "7VARFPE/ToUFPZmzvM1cG+Baf8rIJNzuQjJ71W9PFKzQkpWXyMNePFrgSaSihutb\n"
    "GajLfPfhOlcsHti1+RUGliu7ilTjmPf5md8u5IKMzfxf9rLpD0EpRwH9bFdvBd53\n"
    "68yKgJiry1hi3jh7tDAuEQ7OV1F/+PnzGPQngUM1QVh+MOgxAGAQr+60se+DYTos\n"
    "HtTrHS2qb1JI9dBGOCwZ7ni0HJy+v67qEDNmVlaMUQKBgQDHFiBcENK97xLVLM/5\n"
    "P9+KYpF7X3HXTEO2zdYcJu37RYPeqvJFFBdHgt/sdvVEBV7jGCEtjUZ7povk5tll\n"
    "Z3cgUfEQS1hvsgQknDafwGzO3tCaFbVk7vyFc0RkUhKGFtPD9iJA2aADXh3KW7EG\n"
    "0yJq0Ugjs8v9XUoA/+s0xhTYkQKBgQC2YcpQYGS7eOWpoY/9kwMZgj1t015xrM7h\n"
    "orTR6zjBzz1McG6XpGHJ9LOkgGiw3+QbKVCaM/DD4rZZnec0O9wGMuSxGPPJDG9a\n"
    "QmRHDdK5Ky47KvaO8rzt86C35M907STdRCZ6yNG/CeQyyQE6Pkm6HdahkNlO4rGJ\n"
    "XMxfKLqxTQKBgF4JiYdzOtgUUST4YdQt430OSgGod7FmiKWUXIo3qTmDAGLxBDa0\n"
    "4roYi4S6O+fBUaya/TDzBlPpuzKICC/py08s5Vz4+fDoeSSB1RtoXPzqKkZd8qyW\n"
    "Zhjy9V8dlTpZFfX+EPfo07hDgHbRELFUkXE7IYQbrUMkCYynVYY7+iTBAoGASLM6\n"
    "fkeuX7yVb8TjLOVJOwXbjsfOwelsnizJf1QQT9FYUfwPWYtBH8vXQB+fm8Hjn6Ac\n"
    "bRt/QdZBcf+rhfrGfgITfzS/GMlIKeaFKn2sHfvEdfluRxUjkoam7ibbO3S8WSct\n"
    "X4xlb4111XiicKEbqoDyaXzf4r4inurK3LPTl5ECgYA6NVVLzsyvOZ4h9kngA1VW\n"
    "XZLr0jVZNX0cfcg0mJiM6ZYnkH5pT11DaPdO40C+i2Sqq6b15irgjSNYbpP1AtLy\n"
    "I2wlYTj1moIDhszJsRYx5QxVJSxR4odX51HnUZh3AhWv+UBwdjYauEL1H5DukgCn\n"
    "kji7GRuGmatCjoBVdB5JbQ==\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view by_openssl =
    "AQB2iCoRVJsR0Juwn+KQj/zuBZUAol371TPXxPnWSdWwsrkm3hlzlO1DcyTxxu9Bb09HfPXVi9PdmWce"
    "NnC1rQ4v6iELYt8QQPJpw7maWGtS62AoJalxTVTlwquKzU4iGMspUwyXkuHCzIGu+1xurhtSDGSGX4Yu"
    "D7trV8B58uxsanxICk62OgKaN6m9BDNXjQwFB8Nq7+TW3G4MJszmwJv1W0D9bUKSQ8QoTPjMHCapLqay"
    "wc8tJR9kv37cmC7PfwnhlRS7NpvLPOLRnjVYaBBAPCSA+BPPMCYh0y+fXVWraRgGtjtOVMfyqP9Vev6O"
    "PDeGNv3ECaIw7WtsbOmR5GHqEBESExQVFhcYGRobHB0eH+J8eEVcKT8Shu4IV/PXDgY=";

TEST(RsaCipher, reads_what_others_wrote) {
    EXPECT_EQ(net::make_rsa_cipher(rsa_pem)->decrypt(by_openssl), "mysecret");
}

TEST(RsaCipher, reads_back_what_it_wrote_and_nothing_else) {
    for (const auto mode : {net::CipherMode::cbc, net::CipherMode::gcm}) {
        const auto cipher = net::make_rsa_cipher(rsa_pem, "deadbeef", mode);
        for (const std::string& text :
             {std::string{}, std::string{"\xc3\xa9"}, std::string(5'000, 'x')}) {
            EXPECT_EQ(cipher->decrypt(cipher->encrypt(text)), text);
        }
        EXPECT_THAT(cipher->public_pem(), StartsWith("-----BEGIN PUBLIC KEY-----"));
        for (const std::string_view bad :
             {"", "AA", "AAA=", "AQB2", "//8A", "not base64!", "AAAA"}) {
            EXPECT_FALSE(cipher->decrypt(bad)) << bad;
        }
    }
    const auto strong = net::make_rsa_cipher(rsa_pem, "deadbeef", net::CipherMode::gcm);
    std::string changed = strong->encrypt("a text");
    changed[changed.size() - 6] = changed[changed.size() - 6] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(strong->decrypt(changed)) << "its tag no longer fits";
    EXPECT_THROW(
        net::make_rsa_cipher("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        Failure);
}

ConfigRequest post(std::vector<std::string> path, std::string_view body, std::string_view type) {
    return {
        .method = "POST", .path = std::move(path), .query = {}, .body = body, .content_type = type};
}

TEST(Ciphers, understand_what_curl_makes_of_a_text) {
    const auto cipher = net::make_rsa_cipher(rsa_pem);
    const std::string form = "application/x-www-form-urlencoded";
    for (const auto& [sent, type] : std::map<std::string, std::string>{
             {"{cipher}" + std::string{by_openssl}, "text/plain"},
             {std::string{by_openssl} + "\n", ""},
             {"{cipher}{key:k}{secret:s}" + std::string{by_openssl}, form}}) {
        const auto reply = answer_cipher(post({"decrypt"}, sent, type), cipher.get());
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->body, "mysecret") << sent;
    }
    const auto refused = answer_cipher(post({"decrypt", "app", "dev"}, "zz", form), cipher.get());
    EXPECT_EQ(refused->status, 400);
    EXPECT_THAT(refused->body, HasSubstr(R"("status":"INVALID")"));
    EXPECT_EQ(
        answer_cipher({.method = "GET", .path = {"key", "app", "dev"}, .query = {}}, cipher.get())
            ->body,
        cipher->public_pem());
    EXPECT_FALSE(
        answer_cipher({.method = "GET", .path = {"key", "dev"}, .query = {}}, cipher.get()))
        << "an application may be called so";
    EXPECT_FALSE(answer_cipher(post({"encrypt", "dev"}, "x", form), cipher.get()));
}

TEST(Ciphers, pass_marks_of_keys_over) {
    EXPECT_EQ(without_key_marks("{key:a}{secret:b}text"), "text");
    EXPECT_EQ(without_key_marks("{plain}{key:a}text"), "{key:a}text");
    EXPECT_EQ(without_key_marks("{open"), "{open");
    EXPECT_EQ(without_key_marks(""), "");
}

}  // namespace
}  // namespace loquat::config
