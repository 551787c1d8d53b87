#include "services/registry/eureka/xml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/registry/eureka/xml.hpp"

namespace loquat::registry {
namespace {

using testing::HasSubstr;

constexpr Time now{std::chrono::milliseconds{1'795'164'939'394}};

std::string refusal_of(std::string_view xml) {
    try {
        read_instance_xml(xml, now);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind, Kind::malformed);
        return failure.message;
    }
    return {};
}

Instance some_instance() {
    Instance instance;
    instance.id = "h:app:8080";
    instance.app = "APP";
    instance.host_name = "h";
    instance.ip_address = "10.0.0.1";
    instance.port = {8080, true};
    instance.secure_port = {443, false};
    instance.vip_address = "app";
    instance.metadata = {{"my_key", "a<b & \"c\""}, {"a b", "1"}, {"management.port", "8081"}};
    instance.status = Status::starting;
    instance.overridden_status = Status::out_of_service;
    instance.lease.duration = std::chrono::seconds{7};
    instance.updated_at = now;
    instance.dirty_at = now;
    return instance;
}

TEST(EurekaXmlReader, reads_what_is_written) {
    const Instance instance = some_instance();

    EXPECT_EQ(read_instance_xml(instance_xml(instance, Detail::full), now), instance);
}

TEST(EurekaXmlReader, takes_a_port_without_a_word_for_enabled_and_a_secure_one_not) {
    const Instance instance = read_instance_xml(
        "<?xml version=\"1.0\"?>\n<instance><hostName>h</hostName><app>a</app>"
        "<ipAddr>1.2.3.4</ipAddr><port>80</port><securePort>443</securePort></instance>",
        now);

    EXPECT_EQ(instance.port, (Port{80, true}));
    EXPECT_EQ(instance.secure_port, (Port{443, false}));
    EXPECT_EQ(instance.app, "A");
}

TEST(EurekaXmlReader, refuses_bombs_and_what_reads_other_files) {
    EXPECT_THAT(refusal_of("<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
                           "<instance><app>&b;</app></instance>"),
                HasSubstr("document type"));
    EXPECT_THAT(refusal_of("<!DOCTYPE i SYSTEM \"file:///etc/passwd\"><instance/>"),
                HasSubstr("document type"));
    EXPECT_THAT(refusal_of("<instance><app>&x;</app></instance>"), HasSubstr("line 1"));
}

TEST(EurekaXmlReader, refuses_what_is_deep_wide_or_cut) {
    std::string deep;
    for (int i = 0; i < 100; ++i) {
        deep += "<instance>";
    }
    EXPECT_THAT(refusal_of(deep), HasSubstr("too many elements"));
    std::string wide = "<instance><metadata>";
    for (int i = 0; i < 20'000; ++i) {
        wide += "<a>1</a>";
    }
    EXPECT_THAT(refusal_of(wide + "</metadata></instance>"), HasSubstr("too many elements"));
    EXPECT_THAT(refusal_of("<instance><app>a</app>"), HasSubstr("line 1"));
    EXPECT_THAT(refusal_of(""), HasSubstr("line 1"));
    EXPECT_THAT(refusal_of("<application/>"), HasSubstr("no instance"));
}

TEST(EurekaXmlReader, knows_the_names_of_xstream) {
    for (const std::string_view key : {"a", "a_b", "__", "a b", "1st", "x.y-z", "_.0041"}) {
        EXPECT_EQ(key_of_element(element_name(key)), key);
    }
    EXPECT_EQ(key_of_element("a_-b"), "a$b");
    EXPECT_EQ(key_of_element("_.00zz"), "_.00zz");
}

// One key that no element may be called after must not spoil the document for all who read it.
TEST(XmlNames, hold_every_key) {
    for (const std::string key : {"a", "management.port", "_x", "a b", "1st", "×", "日本", "😀 key",
                                  "<&>", "-", "$x", "."}) {
        EXPECT_EQ(key_of_element(element_name(key)), key);
        Instance instance;
        instance.id = "i";
        instance.app = "A";
        instance.metadata = {{key, "v"}};

        const Instance read = read_instance_xml(instance_xml(instance, Detail::full), Time{});

        EXPECT_EQ(read.metadata, instance.metadata) << key;
    }
}

TEST(XmlTexts, leave_out_what_xml_cannot_hold) {
    Instance instance;
    instance.id = "i";
    instance.host_name = std::string{"a\x01\xef\xbf\xbf"} + "b]]>&\"";

    const Instance read = read_instance_xml(instance_xml(instance, Detail::full), Time{});

    EXPECT_EQ(read.host_name, "ab]]>&\"");
}

}  // namespace
}  // namespace loquat::registry
