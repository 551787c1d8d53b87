#include "services/chat/config_check.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "runtime/store_config.hpp"
#include "services/chat/config.hpp"

namespace loquat::chat {
namespace {

std::string findings(std::vector<std::string> settings) {
    const std::vector<runtime::ConfigSection> sections{
        runtime::config_section<ChatConfig>("chat", check_config),
        runtime::config_section<runtime::StoreConfig>("store")};
    try {
        runtime::Config::load(sections, {.settings = std::move(settings)});
        return "";
    } catch (const Failure& failure) {
        return failure.message;
    }
}

TEST(ChatConfigCheck, refuses_several_instances_on_what_one_process_has_for_itself) {
    const std::string found = findings({"chat.instances=several"});

    EXPECT_NE(found.find("store.sql.kind is sqlite"), std::string::npos) << found;
    EXPECT_NE(found.find("store.log.kind is files"), std::string::npos) << found;
    EXPECT_NE(found.find("store.broadcast.kind is local"), std::string::npos) << found;
}

TEST(ChatConfigCheck, takes_several_instances_on_servers_and_one_on_anything) {
    EXPECT_EQ(findings({}), "");
    EXPECT_EQ(findings({"chat.instances=several", "store.sql.kind=postgres", "store.log.kind=kafka",
                        "store.broadcast.kind=redis"}),
              "");
}

}  // namespace
}  // namespace loquat::chat
