#include "services/gateway/own/own_certificate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/ids.hpp"

namespace loquat::gateway {
namespace {

using std::chrono::hours;

class OwnCertificateTest : public testing::Test {
  protected:
    OwnCertificateTest() { std::filesystem::create_directories(folder_); }
    ~OwnCertificateTest() override { std::filesystem::remove_all(folder_); }

    std::string made(hours later = hours{0}) const {
        return own_certificate(folder_, names_, now_ + later).certificates;
    }

    std::filesystem::path folder_ =
        std::filesystem::path{testing::TempDir()} / Uuid::make().to_string();
    std::vector<std::string> names_{"localhost", "127.0.0.1", "house", "192.0.2.7"};
    Time now_ =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
};

TEST_F(OwnCertificateTest, is_the_same_at_the_next_start) {
    const std::string first = made();

    EXPECT_TRUE(made().starts_with(first));
    EXPECT_TRUE(made(hours{24 * 300}).starts_with(first));
    EXPECT_EQ(std::filesystem::status(folder_ / "self-signed.pem").permissions() &
                  std::filesystem::perms::others_all,
              std::filesystem::perms::none);
}

TEST_F(OwnCertificateTest, is_renewed_a_month_before_its_end) {
    const std::string first = made();

    EXPECT_FALSE(made(hours{24 * 340}).starts_with(first));
}

TEST_F(OwnCertificateTest, is_renewed_where_it_lacks_a_name_or_is_none) {
    const std::string first = made();
    names_.push_back("other.example");
    const std::string second = made();
    std::ofstream{folder_ / "self-signed.pem"} << "noise";

    EXPECT_FALSE(second.starts_with(first));
    EXPECT_TRUE(net::tls::serves(second, names_, now_));
    EXPECT_TRUE(net::tls::serves(made(), names_, now_));
}

TEST_F(OwnCertificateTest, can_be_used_with_its_key_as_it_is_read_again) {
    made();

    EXPECT_NE(net::tls::ServerContext::make(own_certificate(folder_, names_, now_)), nullptr);
}

TEST(NamesOfServer, are_localhost_the_machine_and_the_address) {
    const auto has = [](const std::vector<std::string>& names, const char* name) {
        return std::ranges::find(names, name) != names.end();
    };

    EXPECT_TRUE(has(names_of_server("127.0.0.1"), "localhost"));
    EXPECT_TRUE(has(names_of_server("192.0.2.7"), "192.0.2.7"));
    EXPECT_FALSE(has(names_of_server("0.0.0.0"), "0.0.0.0"));
    EXPECT_TRUE(has(names_of_server("::"), "127.0.0.1"));
}

}  // namespace
}  // namespace loquat::gateway
