#include "services/gateway/edge/public_certificate.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "net/tls/authority.hpp"
#include "services/gateway/tests/harness.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;
using net::tls::KeyPair;

// A gateway whose port speaks TLS with files, and clients that trust one certificate each.
class PortCertificate : public GatewayHarness, public testing::Test {
  protected:
    PortCertificate() {
        config.limits.enabled = false;
        config.tls.certificate_file = (folder_ / "port.pem").string();
        config.tls.key_file = (folder_ / "port.key").string();
    }
    ~PortCertificate() override { std::filesystem::remove_all(folder_); }

    void put(const KeyPair& pair) const { put(pair.certificates, pair.private_key); }
    void put(const std::string& certificate, const std::string& key) const {
        std::ofstream{config.tls.key_file} << key;
        std::ofstream{config.tls.certificate_file} << certificate;
    }
    KeyPair issue(net::tls::Validity validity) const {
        return net::tls::issue(authority_, {"localhost"}, validity);
    }
    std::unique_ptr<net::http::Client> client_that_trusts(const std::string& certificates) {
        return std::make_unique<net::http::Client>(
            loop,
            net::http::ClientConfig{.tls = net::tls::ClientContext::make_trusting(certificates),
                                    .tls_name = "localhost"});
    }
    // 200, or the code of what went wrong.
    std::string ask(net::http::Client& by) {
        std::string outcome;
        run_to_end(
            loop,
            [](net::http::Client& client, std::uint16_t port, std::string& out) -> Task<void> {
                net::http::ClientRequest request{
                    .origin = {"127.0.0.1", port, net::http::Scheme::https}, .target = "/healthz"};
                try {
                    const auto answer = co_await client.request(
                        std::move(request), std::chrono::steady_clock::now() + 10s);
                    out = std::to_string(answer.status);
                } catch (const Failure& failure) {
                    out = failure.code;
                }
            }(by, at.port, outcome));
        return outcome;
    }
    std::string ask(const KeyPair& trusted) {
        return ask(*client_that_trusts(trusted.certificates));
    }

    std::filesystem::path folder_ = test::make_folder();
    const KeyPair first_ = net::tls::make_self_signed();
    const KeyPair second_ = net::tls::make_self_signed();
    const Time now_ = SystemClock{}.now();
    const KeyPair authority_ = net::tls::make_authority("ours", {now_ - 100h, now_ + 1'000h});
};

TEST_F(PortCertificate, is_taken_from_new_files_for_new_connections) {
    clock.advance(now_ - clock.now());
    put(first_);
    start();
    const auto old = client_that_trusts(first_.certificates);
    const std::string before = ask(*old);

    put(second_);
    gateway->reload_certificate();

    EXPECT_EQ(before, "200");
    EXPECT_EQ(ask(second_), "200");
    EXPECT_EQ(ask(first_), "upstream.untrusted");
    EXPECT_EQ(ask(*old), "200") << "its connection is open and goes on";
    EXPECT_EQ(old->counts().connects, 1U);
}

TEST_F(PortCertificate, stays_as_it_is_where_new_files_are_of_no_use) {
    clock.advance(now_ - clock.now());
    put(first_);
    start();

    for (const auto& [certificate, key] : std::vector<std::pair<std::string, std::string>>{
             {second_.certificates, first_.private_key},
             {"", second_.private_key},
             {"noise", "noise"},
             {second_.certificates.substr(0, 300), second_.private_key},
             {issue({now_ - 48h, now_ - 24h}).certificates, "of another"}}) {
        put(certificate, key);
        gateway->reload_certificate();
        EXPECT_EQ(ask(first_), "200") << certificate;
    }
    std::filesystem::remove(config.tls.key_file);
    gateway->reload_certificate();
    EXPECT_EQ(ask(first_), "200");
    put(second_);
    gateway->reload_certificate();
    EXPECT_EQ(ask(second_), "200");
}

TEST_F(PortCertificate, is_not_replaced_by_one_that_has_ended_or_has_not_begun) {
    clock.advance(now_ - clock.now());
    put(issue({now_ - 1h, now_ + 24h}));
    start();

    for (const net::tls::Validity bad :
         {net::tls::Validity{now_ - 48h, now_ - 24h}, net::tls::Validity{now_ + 24h, now_ + 48h}}) {
        put(issue(bad));
        gateway->reload_certificate();
        EXPECT_EQ(ask(authority_), "200");
    }
}

// By itself, without a port.
class Looking : public PortCertificate {
  protected:
    void make() {
        clock.advance(now_ - clock.now());
        certificate = std::make_unique<PublicCertificate>(
            config,
            [this] {
                return net::tls::ServerContext::make(
                    net::tls::read_key_pair(config.tls.certificate_file, config.tls.key_file));
            },
            clock);
    }
    std::unique_ptr<PublicCertificate> certificate;
};

TEST_F(Looking, takes_files_once_both_halves_are_new) {
    put(issue({now_ - 1h, now_ + 24h}));
    make();
    const auto first = certificate->context();
    const KeyPair renewed = issue({now_ - 1h, now_ + 240h});

    certificate->look();
    const auto same = certificate->context();
    std::ofstream{config.tls.key_file} << renewed.private_key;
    certificate->look();
    const auto half = certificate->context();
    std::ofstream{config.tls.certificate_file} << renewed.certificates;
    certificate->look();
    const auto whole = certificate->context();

    EXPECT_EQ(same, first);
    EXPECT_EQ(half, first);
    EXPECT_NE(whole, first);
    EXPECT_NEAR(static_cast<double>(certificate->time_left().count()), 240 * 3600, 1);
}

TEST_F(Looking, says_nothing_of_a_port_without_files) {
    config.tls = {};
    const auto own = net::tls::ServerContext::make(first_);
    PublicCertificate made{config, [&own] { return own; }, clock};
    PublicCertificate plain{config, [] { return PublicCertificate::Context{}; }, clock};

    made.look();
    made.reload();

    EXPECT_TRUE(made.is_there());
    EXPECT_EQ(made.context(), own);
    EXPECT_EQ(made.time_left().count(), 0);
    EXPECT_FALSE(plain.is_there());
}

}  // namespace
}  // namespace loquat::gateway
