#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "net/tls/authority.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// `loquat certs`: an authority of one's own and what it issues.
namespace loquat::test {
namespace {

class CertsCommand : public testing::Test {
  protected:
    struct Said {
        int code = 0;
        std::string output;
        std::string errors;
    };
    Said certs(std::vector<std::string> words) const {
        words.insert(words.begin() + 1, {"--folder", (folder_ / "certs").string()});
        words.insert(words.begin(), "certs");
        Program program{std::move(words)};
        const int code = program.wait_for_end();
        return {code, program.output(), program.errors()};
    }
    std::filesystem::path file(const std::string& name) const { return folder_ / "certs" / name; }
    std::string read(const std::string& name) const {
        std::ifstream in{file(name)};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    static mode_t mode_of(const std::filesystem::path& path) {
        struct stat about{};
        EXPECT_EQ(::stat(path.c_str(), &about), 0) << path;
        return about.st_mode & 0777U;
    }
    // As if it had been done at that time.
    void issue_at(const std::string& name, Time time) const {
        const auto pair = net::tls::issue({read("ca.pem"), read("ca.key")}, {name},
                                          {time, time + std::chrono::days{90}});
        std::ofstream{file(name + ".pem")} << pair.certificates;
        std::ofstream{file(name + ".key")} << pair.private_key;
    }

    TemporaryFolder folder_;
    const Time now_ = SystemClock{}.now();
};

TEST_F(CertsCommand, makes_an_authority_and_a_certificate_for_each_service) {
    certs({"init"});

    const Said said = certs({"issue", "auth", "model"});

    EXPECT_EQ(said.code, 0) << said.errors;
    const auto facts = net::tls::read_facts(read("model.pem"));
    EXPECT_EQ(facts.names, std::vector<std::string>{"model"});
    EXPECT_EQ(std::chrono::round<std::chrono::days>(facts.validity.until - now_),
              std::chrono::days{90});
    EXPECT_TRUE(net::tls::is_signed_by(read("auth.pem"), read("ca.pem")));
    EXPECT_TRUE(net::tls::is_pair({read("auth.pem"), read("auth.key")}));
    EXPECT_NE(facts.serial, net::tls::read_facts(read("auth.pem")).serial);
}

TEST_F(CertsCommand, says_of_a_name_that_is_no_service_what_it_may_have_been) {
    certs({"init"});

    const Said said = certs({"issue", "gatway"});

    EXPECT_EQ(said.code, 0) << "it may be a program of one's own";
    EXPECT_TRUE(said.errors.contains("did you mean gateway?")) << said.errors;
    EXPECT_TRUE(std::filesystem::exists(file("gatway.pem")));
}

TEST_F(CertsCommand, keys_are_for_their_user_alone_and_certificates_for_all) {
    certs({"init"});
    certs({"issue", "auth"});

    EXPECT_EQ(mode_of(file("ca.key")), 0600U);
    EXPECT_EQ(mode_of(file("auth.key")), 0600U);
    EXPECT_EQ(mode_of(file("ca.pem")), 0644U);
    EXPECT_EQ(mode_of(file("auth.pem")), 0644U);
}

TEST_F(CertsCommand, overwrites_nothing_that_it_was_not_told_to) {
    certs({"init"});
    certs({"issue", "auth"});
    const std::string authority = read("ca.pem");
    const std::string before = read("auth.pem");

    const Said again = certs({"init"});
    const Said leaf = certs({"issue", "auth"});

    EXPECT_EQ(again.code, 1);
    EXPECT_EQ(leaf.code, 1);
    EXPECT_TRUE(leaf.errors.contains("loquat certs renew auth")) << leaf.errors;
    EXPECT_EQ(read("ca.pem"), authority);
    EXPECT_EQ(read("auth.pem"), before);
}

TEST_F(CertsCommand, what_an_authority_issued_is_good_after_it_was_replaced) {
    certs({"init"});
    certs({"issue", "auth"});

    certs({"init", "--replace"});

    EXPECT_TRUE(net::tls::is_signed_by(read("auth.pem"), read("ca.pem")));
    EXPECT_TRUE(certs({"list"}).output.contains("good"));
}

TEST_F(CertsCommand, renews_what_is_due_and_leaves_the_rest) {
    certs({"init"});
    certs({"issue", "auth"});
    issue_at("model", now_ - std::chrono::days{61});
    issue_at("chat", now_ - std::chrono::days{200});
    const std::string auth = read("auth.pem");
    const std::string key = read("model.key");

    const Said listed = certs({"list"});
    const Said renewed = certs({"renew"});

    EXPECT_EQ(listed.code, 1);
    EXPECT_TRUE(listed.output.contains("due")) << listed.output;
    EXPECT_TRUE(listed.output.contains("EXPIRED")) << listed.output;
    EXPECT_EQ(renewed.code, 0) << renewed.errors;
    EXPECT_EQ(read("auth.pem"), auth);
    EXPECT_NE(read("model.key"), key);
    EXPECT_EQ(certs({"list"}).code, 0);
    EXPECT_FALSE(certs({"list"}).output.contains("due"));
}

TEST_F(CertsCommand, one_process_of_several_services_has_one_certificate) {
    certs({"init"});

    certs({"issue", "chat", "--also", "consumer", "--also", "realtime", "--host", "127.0.0.1"});

    const auto facts = net::tls::read_facts(read("chat.pem"));
    EXPECT_EQ(facts.names, (std::vector<std::string>{"chat", "consumer", "realtime"}));
    EXPECT_EQ(facts.addresses, std::vector<std::string>{"127.0.0.1"});
}

TEST_F(CertsCommand, says_what_is_wrong_with_a_file) {
    certs({"init"});
    certs({"issue", "auth", "model", "chat"});
    std::ofstream{file("auth.pem")} << "no certificate";
    std::filesystem::copy_file(file("model.key"), file("chat.key"),
                               std::filesystem::copy_options::overwrite_existing);

    const Said listed = certs({"list"});

    EXPECT_EQ(listed.code, 1);
    EXPECT_TRUE(listed.output.contains("UNREADABLE")) << listed.output;
    EXPECT_TRUE(listed.output.contains("KEY")) << listed.output;
}

TEST_F(CertsCommand, refuses_names_that_lead_out_of_its_folder) {
    certs({"init"});

    for (const char* name : {"../auth", "a/b", "ca", "-x.", "", "Auth", "a,DNS:b", "a\nb"}) {
        const Said said = certs({"issue", "--", name});
        EXPECT_NE(said.code, 0) << name;
    }
    EXPECT_EQ(certs({"list", "--json"}).output, "[]\n");
}

TEST_F(CertsCommand, says_how_to_begin) {
    const Said said = certs({"issue", "auth"});

    EXPECT_EQ(said.code, 1);
    EXPECT_TRUE(said.errors.contains("loquat certs init")) << said.errors;
}

}  // namespace
}  // namespace loquat::test
