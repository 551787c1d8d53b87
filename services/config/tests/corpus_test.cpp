#include <gmock/gmock.h>

#include <sstream>

#include "services/config/tests/harness.hpp"

// tests/corpora/config against a config server that listens.
namespace loquat::config {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const fs::path corpus = fs::path{LOQUAT_SOURCE_DIR} / "tests/corpora/config";

std::string read(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct CorpusTest : ServiceTest {
    CorpusTest() {
        write("chat.yml", "a: 1\n");
        write("conf/x.txt", "x");
        std::ofstream{root / "secret.txt"} << "a secret";
    }
};

TEST_F(CorpusTest, has_paths_that_never_leave_the_folder) {
    start_folder();
    std::ifstream list{corpus / "paths.txt"};
    for (std::string line; std::getline(list, line);) {
        if (line.starts_with('#')) {
            continue;
        }
        std::istringstream words{line};
        std::string path;
        std::string status;
        words >> path >> status;
        const std::string answer = ask(path);
        EXPECT_EQ(status_of(answer), status) << path;
        EXPECT_THAT(answer, Not(HasSubstr("a secret"))) << path;
        EXPECT_THAT(answer, Not(HasSubstr("root:"))) << path;
    }
}

// Each is the file of an application: its own callers are told where it is wrong, and all others
// are answered as before.
TEST_F(CorpusTest, has_files_that_harm_only_who_needs_them) {
    std::size_t number = 0;
    std::vector<std::pair<std::string, std::string>> hostile;
    for (const auto& entry : fs::directory_iterator{corpus / "files"}) {
        const std::string name = "hostile" + std::to_string(++number);
        write(name + entry.path().extension().string(), read(entry.path()));
        hostile.emplace_back(name, entry.path().filename().string());
    }
    start_folder();

    for (const auto& [name, file] : hostile) {
        for (const std::string& target : {"/" + name + "/dev", "/" + name + "-dev.json"}) {
            const std::string answer = ask(target);
            EXPECT_THAT(status_of(answer), testing::AnyOf("200", "422", "500")) << file;
            EXPECT_LT(answer.size(), 1'000'000U) << file;
        }
        EXPECT_THAT(ask("/chat/dev"), HasSubstr(R"("a":1)")) << file;
    }
}

}  // namespace
}  // namespace loquat::config
