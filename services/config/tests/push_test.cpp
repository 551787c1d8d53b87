#include "services/config/domain/push.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/failure.hpp"

namespace loquat::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FieldOf fields(std::map<std::string, std::string, std::less<>> all) {
    return [all = std::move(all)](std::string_view name) -> std::string_view {
        const auto found = all.find(name);
        return found == all.end() ? std::string_view{} : found->second;
    };
}

TEST(Push, names_the_services_of_files_as_spring_does) {
    EXPECT_THAT(services_of_files({"foo.yml"}), ElementsAre("foo"));
    EXPECT_THAT(services_of_files({"foo-local.yml"}), ElementsAre("foo:local", "foo-local"));
    EXPECT_THAT(services_of_files({"foo-local-dev.yml"}),
                ElementsAre("foo:local-dev", "foo-local:dev", "foo-local-dev"));
    EXPECT_THAT(services_of_files({"application.yml"}), ElementsAre("*"));
    EXPECT_THAT(services_of_files({"application-dev.yml"}), ElementsAre("*:dev"));
    EXPECT_THAT(services_of_files({"deep\\er/foo.properties", "foo.yml", ""}), ElementsAre("foo"));
}

TEST(Push, reads_the_pushes_of_those_who_host_repositories) {
    const std::string commits =
        R"({"commits":[{"added":["a.yml"],"removed":["b.yml"],"modified":["c.yml"]},{"added":["d.yml"]}]})";
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"X-Github-Event", "push"},
                                            {"X-Gitlab-Event", "Push Hook"},
                                            {"X-Gitea-Event", "push"},
                                            {"X-Gogs-Event", "push"},
                                            {"X-Git-Oschina-Event", "Push Hook"}}) {
        EXPECT_THAT(changed_files(fields({{name, value}}), commits),
                    ElementsAre("a.yml", "b.yml", "c.yml", "d.yml"))
            << name;
    }
    EXPECT_THAT(changed_files(fields({{"X-Event-Key", "repo:push"}, {"X-Hook-UUID", "u"}}),
                              R"({"push":{"changes":[]}})"),
                ElementsAre("application.yml"));
    EXPECT_THAT(changed_files(fields({{"X-Event-Key", "repo:refs_changed"}}), R"({"changes":[]})"),
                ElementsAre("application.yml"));
    EXPECT_THAT(changed_files(fields({{"X-Github-Event", "ping"}}), commits), IsEmpty());
}

TEST(Push, takes_paths_as_a_form_and_as_json) {
    EXPECT_THAT(changed_files(fields({{"Content-Type", "application/x-www-form-urlencoded"}}),
                              "path=foo.yml&x=1&path=b%2Fbar.yml&path=%zz"),
                ElementsAre("foo.yml", "b/bar.yml"));
    EXPECT_THAT(changed_files(fields({}), R"({"path":["a.yml","b.yml",3]})"),
                ElementsAre("a.yml", "b.yml"));
    EXPECT_THAT(changed_files(fields({}), R"({"path":"a.yml"})"), ElementsAre("a.yml"));
    for (const char* strange : {"[]", "1", R"({"commits":5})", R"({"commits":[5,{"added":7}]})"}) {
        EXPECT_THAT(changed_files(fields({{"X-Github-Event", "push"}}), strange), IsEmpty())
            << strange;
    }
    EXPECT_THROW(changed_files(fields({}), "{"), Failure);
}

TEST(Push, is_believed_when_it_is_signed) {
    const std::string right = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const std::string body = "Hello, World!";
    const std::string secret = "It's a Secret to Everybody";

    EXPECT_TRUE(is_signed(fields({{"X-Hub-Signature-256", "sha256=" + right}}), body, secret));
    EXPECT_TRUE(is_signed(fields({{"X-Gitea-Signature", right}}), body, secret));
    EXPECT_TRUE(is_signed(fields({{"X-Gitlab-Token", secret}}), body, secret));
    EXPECT_FALSE(
        is_signed(fields({{"X-Hub-Signature-256", "sha256=" + right}}), body + " ", secret));
    EXPECT_FALSE(is_signed(fields({{"X-Gitlab-Token", "other"}}), body, secret));
    EXPECT_FALSE(is_signed(fields({}), body, secret));
}

}  // namespace
}  // namespace loquat::config
