#include "runtime/stores/outside.hpp"

#include <gtest/gtest.h>

#include "contracts/audit/audit_record.hpp"
#include "contracts/usage/usage_record.hpp"
#include "wire/json.hpp"

namespace loquat::runtime {
namespace {

std::string text_in(const wire::Value& value, std::string_view name) {
    const wire::Value* const found = value.find(name);
    const std::string* const text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? "(none)" : *text;
}

TEST(Outside, shows_an_audit_record_as_json) {
    const auto outside = topics_outside().at("audit.events");
    contracts::AuditRecord record{
        .id = Uuid::make(), .action = "auth.signed_in", .outcome = "done"};

    const wire::Value shown = wire::parse(outside.form(contracts::encode(record)));

    EXPECT_EQ(outside.name, "audit_event");
    EXPECT_EQ(text_in(shown, "id"), record.id.to_string());
    EXPECT_EQ(text_in(shown, "action"), "auth.signed_in");
    EXPECT_EQ(text_in(shown, "outcome"), "done");
    EXPECT_TRUE(shown.find("actor")->is_null());
}

TEST(Outside, shows_a_usage_record_as_json) {
    const auto outside = topics_outside().at("usage.events");
    contracts::UsageRecord record{.user = UserId::make(), .chat = ChatId::make()};
    record.generation_id = "g";
    record.purpose = contracts::UsagePurpose::title;
    record.state = contracts::UsageState::canceled;
    record.model = "m";

    const wire::Value shown = wire::parse(outside.form(contracts::encode(record)));

    EXPECT_EQ(outside.name, "usage_event");
    EXPECT_EQ(text_in(shown, "user"), record.user.to_string());
    EXPECT_EQ(text_in(shown, "purpose"), "title");
    EXPECT_EQ(text_in(shown, "state"), "canceled");
    EXPECT_TRUE(shown.find("cost_micros")->is_null());
}

TEST(Outside, shows_what_cannot_be_read_as_an_empty_object) {
    EXPECT_EQ(topics_outside().at("audit.events").form("\xff"), "{}");
}

}  // namespace
}  // namespace loquat::runtime
