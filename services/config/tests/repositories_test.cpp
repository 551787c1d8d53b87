#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "base/failure.hpp"
#include "services/config/adapters/git_connections.hpp"
#include "services/config/adapters/git_repository.hpp"
#include "services/config/adapters/read_folder.hpp"

namespace loquat::config {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

struct Repositories : testing::Test {
    fs::path root = fs::path{testing::TempDir()} /
                    ("config-" + std::to_string(getpid()) + "-" +
                     testing::UnitTest::GetInstance()->current_test_info()->name());
    Repositories() {
        fs::remove_all(root);
        fs::create_directories(root / "work");
    }
    ~Repositories() override { fs::remove_all(root); }

    void write(const std::string& path, const std::string& text) const {
        const fs::path file = root / "work" / path;
        fs::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }
    void git(const std::string& command) const {
        const std::string line = "cd '" + (root / "work").string() +
                                 "' && git -c user.name=t -c user.email=t@example.org "
                                 "-c init.defaultBranch=main " +
                                 command + " >/dev/null 2>&1";
        ASSERT_EQ(system(line.c_str()), 0) << command;
    }
    void commit() const {
        git("add -A");
        git("commit -m change");
    }
    static void fetch(GitRepository& repository) {
        GitConnections connections;
        repository.fetch(connections);
    }
    GitSettings settings() const {
        return {.uri = (root / "work").string(), .clone = root / "clone"};
    }
};

TEST_F(Repositories, read_a_folder_without_hidden_files_and_ways_out) {
    write("application.yml", "a: 1");
    write("deep/b.txt", "b");
    write(".git/config", "x");
    write(".hidden", "x");
    std::ofstream{root / "outside.yml"} << "secret: 1";
    fs::create_symlink(root / "outside.yml", root / "work" / "link.yml");
    fs::create_symlink(root / "work" / "application.yml", root / "work" / "inner.yml");

    const Files files = read_folder(root / "work");

    EXPECT_THAT(files, SizeIs(3));
    EXPECT_EQ(files.at("application.yml").text, "a: 1");
    EXPECT_EQ(files.at("deep/b.txt").text, "b");
    EXPECT_TRUE(files.contains("inner.yml"));
    EXPECT_THROW(read_folder(root / "none"), Failure);
}

TEST_F(Repositories, follow_branches_tags_and_commits_of_git) {
    git("init");
    write("chat.yml", "a: 1");
    commit();
    git("tag one");
    git("checkout -b feature/two");
    write("chat.yml", "a: 2");
    commit();
    git("checkout main");
    GitRepository repository{settings()};
    EXPECT_FALSE(repository.find_commit("main"));
    EXPECT_EQ(repository.default_branch(), "");

    fetch(repository);

    EXPECT_EQ(repository.default_branch(), "main");
    const auto first = repository.find_commit("main");
    ASSERT_TRUE(first);
    EXPECT_EQ(repository.find_commit("one"), first);
    EXPECT_EQ(repository.find_commit(first->substr(0, 10)), first);
    EXPECT_EQ(repository.read(*first).at("chat.yml").text, "a: 1");
    EXPECT_EQ(repository.read(*repository.find_commit("feature/two")).at("chat.yml").text, "a: 2");
    for (const std::string_view none : {"", "two", "HEAD~1", "main^{tree}", ":/change", "@{-1}"}) {
        EXPECT_FALSE(repository.find_commit(none)) << none;
    }
}

TEST_F(Repositories, keep_what_they_have_while_the_remote_is_away) {
    git("init");
    write("chat.yml", "a: 1");
    commit();
    {
        GitRepository repository{settings()};
        fetch(repository);
        fs::rename(root / "work", root / "away");
        EXPECT_THROW(fetch(repository), Failure);
    }
    GitRepository again{settings()};
    const auto commit_id = again.find_commit("main");
    ASSERT_TRUE(commit_id);
    EXPECT_EQ(again.read(*commit_id).at("chat.yml").text, "a: 1");
    fs::rename(root / "away", root / "work");
    write("chat.yml", "a: 2");
    commit();
    fetch(again);
    EXPECT_EQ(again.read(*again.find_commit("main")).at("chat.yml").text, "a: 2");
}

TEST_F(Repositories, forget_branches_that_are_gone) {
    git("init");
    write("chat.yml", "a: 1");
    commit();
    git("branch old");
    GitRepository repository{settings()};
    fetch(repository);
    EXPECT_TRUE(repository.find_commit("old"));
    git("branch -D old");
    fetch(repository);

    EXPECT_FALSE(repository.find_commit("old"));
    EXPECT_TRUE(repository.find_commit("main"));
}

}  // namespace
}  // namespace loquat::config
