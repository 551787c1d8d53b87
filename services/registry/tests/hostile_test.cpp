#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "services/registry/tests/port_harness.hpp"

// tests/corpora/eureka against a registry that listens: every text is answered, none harms.
namespace loquat::registry {
namespace {

namespace fs = std::filesystem;

const fs::path corpus = fs::path{LOQUAT_SOURCE_DIR} / "tests/corpora/eureka";

std::string read(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct HostileTest : PortTest {
    int post(const std::string& body, const std::string& type) {
        net::http::Headers headers;
        headers.append("Content-Type", type);
        return ask("POST", "/eureka/apps/HOSTILE", body, std::move(headers)).status;
    }
    // Still there, and holds nobody but who belongs there.
    void expect_well() {
        const auto all = ask("GET", "/eureka/apps/HOSTILE");
        EXPECT_TRUE(all.status == 404 || all.status == 200) << all.status;
        EXPECT_EQ(all.body.find("root:"), std::string::npos) << "of another file";
        EXPECT_LT(all.body.size(), 100'000U);
    }
};

TEST_F(HostileTest, bodies_of_registrations_are_refused) {
    open();
    for (const auto& entry : fs::directory_iterator{corpus / "bodies"}) {
        const bool is_xml = entry.path().extension() == ".xml";
        const int status =
            post(read(entry.path()), is_xml ? "application/xml" : "application/json");

        EXPECT_TRUE(status == 400 || status == 413) << entry.path().filename() << ": " << status;
        expect_well();
    }
    EXPECT_EQ(ask("GET", "/eureka/apps/HOSTILE").status, 404) << "none of them got in";
}

TEST_F(HostileTest, paths_are_answered_as_the_list_says) {
    open();
    std::ifstream list{corpus / "paths.txt"};
    for (std::string line; std::getline(list, line);) {
        if (line.starts_with('#')) {
            continue;
        }
        std::istringstream words{line};
        std::string method;
        std::string path;
        int status = 0;
        words >> method >> path >> status;
        EXPECT_EQ(ask(method, path).status, status) << line;
    }
}

TEST_F(HostileTest, ten_megabytes_of_metadata_are_refused) {
    open();
    const std::string text(10 * 1024 * 1024, 'x');

    EXPECT_EQ(add("big", R"(,"metadata":{"k":")" + text + R"("})"), 413);

    expect_well();
    ASSERT_EQ(add("small"), 204);
    EXPECT_EQ(
        ask("PUT", "/eureka/apps/jqservice/small/metadata?k=" + text.substr(0, 200'000)).status,
        414);
}

// As a peer tells of them: 250 in a batch.
std::string batch_from(int first) {
    std::string batch = R"({"replicationList":[)";
    for (int i = first; i < first + 250; ++i) {
        const std::string id = "i" + std::to_string(i);
        batch += (i == first ? "" : ",") + std::string{R"({"appName":"MANY","id":")"} + id +
                 R"(","lastDirtyTimestamp":1,"status":"UP","action":"Register","instanceInfo":)"
                 R"({"instanceId":")" +
                 id +
                 R"(","hostName":"h","app":"MANY","ipAddr":"1.2.3.4","status":"UP",)"
                 R"("dataCenterInfo":{"name":"MyOwn"}}})";
    }
    return batch + "]}";
}

TEST_F(HostileTest, ten_thousand_instances_of_one_hand_are_held) {
    open();

    for (int first = 0; first < 10'000; first += 250) {
        ASSERT_EQ(ask("POST", "/eureka/peerreplication/batch/", batch_from(first)).status, 200);
    }

    EXPECT_EQ(ask("GET", "/eureka/apps/MANY/i9999").status, 200);
    EXPECT_NE(ask("GET", "/eureka/apps").body.find("UP_10000_"), std::string::npos);
}

}  // namespace
}  // namespace loquat::registry
