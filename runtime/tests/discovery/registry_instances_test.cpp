#include "runtime/discovery/registry_instances.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "aio/run.hpp"
#include "aio/yield.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "net/http/client.hpp"
#include "runtime/discovery/registry_member.hpp"
#include "runtime/discovery/static_instances.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {
namespace {

struct RegistryInstancesTest : testing::Test {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("loquat-known-" + Uuid::make().to_string());
    std::vector<ServiceUrl> urls{{.service = "auth", .url = "http://configured:1"}};
    FakeClock clock;
    std::unique_ptr<RegistryInstances> instances;

    RegistryInstancesTest() {
        std::filesystem::create_directories(folder);
        open();
    }
    ~RegistryInstancesTest() override { std::filesystem::remove_all(folder); }

    void open() {
        instances = std::make_unique<RegistryInstances>(std::make_unique<StaticInstances>(urls),
                                                        folder / "known.json", clock);
    }
    static contracts::RegistryInstance instance(const std::string& app, const std::string& id,
                                                const std::string& status = "UP") {
        contracts::RegistryInstance made{.application = app, .id = id, .host = "h", .port = 1};
        made.url = "http://" + id + ":1";
        made.status = status;
        made.metadata = wire::Object{};
        return made;
    }
    template <class Event>
    void tell(const Event& event, const std::string& id = {}) {
        instances->take(
            {.event = std::string{Event::event_type}, .data = wire::encode(event), .id = id});
    }
    void tell_all(std::vector<contracts::RegistryInstance> items) {
        tell(contracts::RegistryReset{.epoch = "e", .instances = items.size()});
        tell(contracts::RegistryInstances{.items = std::move(items)});
        tell(contracts::RegistryCurrent{.epoch = "e", .version = 7}, "e-7");
    }
    void change(contracts::RegistryAction action, contracts::RegistryInstance one) {
        contracts::RegistryChange event{.epoch = "e", .version = 8, .action = action};
        event.instance = std::move(one);
        tell(event, "e-8");
    }
    std::string urls_of(std::string_view service) const {
        std::string all;
        for (const ServiceInstance& one : *instances->list(service)) {
            all += one.url + " ";
        }
        return all;
    }
};
using Action = contracts::RegistryAction;

TEST_F(RegistryInstancesTest, lists_those_that_are_up_and_follows_what_changes) {
    tell_all({instance("CHAT", "a"), instance("CHAT", "b"), instance("CHAT", "c", "DOWN")});
    EXPECT_EQ(urls_of("chat"), "http://a:1 http://b:1 ");
    const auto before = instances->list("chat");
    const std::uint64_t version = instances->version();

    change(Action::modified, instance("CHAT", "c"));
    change(Action::removed, instance("CHAT", "a"));

    EXPECT_EQ(urls_of("chat"), "http://b:1 http://c:1 ");
    EXPECT_EQ(before->size(), 2u) << "a list that was given out stays as it is";
    EXPECT_GT(instances->version(), version);
    EXPECT_EQ(instances->place(), "e-8");
    EXPECT_EQ(urls_of("nobody"), "");
}

TEST_F(RegistryInstancesTest, tells_the_last_one_for_a_while_after_it_was_removed) {
    tell_all({instance("CHAT", "a")});
    const std::uint64_t version = instances->version();

    change(Action::removed, instance("CHAT", "a"));
    clock.advance(RegistryInstances::parting - std::chrono::milliseconds{1});
    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    clock.advance(std::chrono::milliseconds{1});

    EXPECT_EQ(urls_of("chat"), "");
    EXPECT_GT(instances->version(), version);
    const std::uint64_t after = instances->version();
    EXPECT_EQ(instances->version(), after) << "one end is one change";
}

TEST_F(RegistryInstancesTest, misses_nobody_who_registers_anew) {
    tell_all({instance("CHAT", "a")});

    change(Action::removed, instance("CHAT", "a"));
    change(Action::added, instance("CHAT", "a", "STARTING"));
    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    const ServiceInstance before = instances->list("chat")->front();
    change(Action::modified, instance("CHAT", "a"));
    clock.advance(2 * RegistryInstances::parting);

    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    EXPECT_NE(instances->list("chat")->front().registration, before.registration)
        << "it may be another process at the same place";
}

TEST_F(RegistryInstancesTest, believes_at_once_who_says_that_it_is_out_of_service) {
    tell_all({instance("CHAT", "a")});

    change(Action::modified, instance("CHAT", "a", "OUT_OF_SERVICE"));
    EXPECT_EQ(urls_of("chat"), "");
    change(Action::removed, instance("CHAT", "a"));
    EXPECT_EQ(urls_of("chat"), "");
    change(Action::added, instance("CHAT", "a"));
    change(Action::removed, instance("CHAT", "a"));
    change(Action::added, instance("CHAT", "a", "DOWN"));

    EXPECT_EQ(urls_of("chat"), "");
}

TEST_F(RegistryInstancesTest, gives_the_same_list_as_long_as_nothing_in_it_changes) {
    tell_all({instance("CHAT", "a")});
    const auto before = instances->list("chat");
    const std::uint64_t version = instances->version();

    contracts::RegistryInstance heard = instance("CHAT", "a");
    heard.last_heard = Time{std::chrono::milliseconds{5}};
    change(Action::modified, heard);

    EXPECT_EQ(instances->list("chat"), before);
    EXPECT_EQ(instances->version(), version);
}

TEST_F(RegistryInstancesTest, keeps_what_it_knows_until_all_of_a_reset_has_come) {
    tell_all({instance("CHAT", "a"), instance("MAIL", "m")});

    tell(contracts::RegistryReset{.epoch = "f"});
    tell(contracts::RegistryInstances{.items = {instance("CHAT", "b")}});
    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    tell(contracts::RegistryCurrent{.epoch = "f", .version = 1}, "f-1");

    EXPECT_EQ(urls_of("chat"), "http://b:1 ");
    clock.advance(RegistryInstances::parting);
    EXPECT_EQ(urls_of("mail"), "");
}

// It was killed after it had been cut off, say, and is told of its followers one after the other.
TEST_F(RegistryInstancesTest,
       keeps_calling_those_whom_a_registry_that_began_anew_does_not_know_yet) {
    tell_all({instance("CHAT", "a"), instance("MAIL", "m")});
    const std::uint64_t version = instances->version();

    tell_all({instance("CHAT", "a")});
    EXPECT_EQ(urls_of("mail"), "http://m:1 ");
    clock.advance(RegistryInstances::parting - std::chrono::milliseconds{1});
    tell_all({});
    EXPECT_EQ(urls_of("mail"), "http://m:1 ");
    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    clock.advance(std::chrono::milliseconds{1});

    EXPECT_EQ(urls_of("mail"), "");
    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    EXPECT_GT(instances->version(), version);
    tell_all({instance("MAIL", "n")});
    EXPECT_EQ(urls_of("mail"), "http://n:1 ");
}

TEST_F(RegistryInstancesTest, prefers_configured_addresses) {
    tell_all({instance("AUTH", "a")});

    EXPECT_EQ(urls_of("auth"), "http://configured:1 ");
}

TEST_F(RegistryInstancesTest, remembers_over_a_start_what_it_knew_last) {
    tell_all({instance("CHAT", "a")});
    instances->keep();

    open();

    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    EXPECT_EQ(instances->place(), "") << "the registry may have changed meanwhile";
}

TEST_F(RegistryInstancesTest, starts_without_a_file_that_cannot_be_read) {
    for (const char* text : {"", "{", "[]", "{\"instances\":[{}]}"}) {
        std::ofstream{folder / "known.json"} << text;
        open();
        EXPECT_EQ(urls_of("chat"), "") << text;
    }
}

TEST_F(RegistryInstancesTest, refuses_events_that_cannot_be_read_and_changes_nothing) {
    tell_all({instance("CHAT", "a")});

    for (const char* data : {"", "{", "{}", R"({"type":"change","epoch":"e","version":-1})"}) {
        EXPECT_THROW(instances->take({.event = "change", .data = data, .id = "e-9"}), Failure);
    }
    instances->take({.event = "of a later version", .data = "{}", .id = "e-9"});

    EXPECT_EQ(urls_of("chat"), "http://a:1 ");
    EXPECT_EQ(instances->place(), "e-7");
}

TEST(Registration, says_what_others_need_to_call_a_service) {
    const OwnInstance own{.service = "chat",
                          .url = "http://127.0.0.1:8080",
                          .service_url = "http://127.0.0.1:7100",
                          .zone = "z",
                          .weight = 50,
                          .version = "1",
                          .contracts = {"ChatApi", "UsageApi"}};

    const std::string text =
        registration_of(own, Time{std::chrono::milliseconds{3}}, std::chrono::seconds{6});

    EXPECT_EQ(instance_id_of(own), "127.0.0.1:chat:8080");
    for (const char* part :
         {R"("app":"CHAT")", R"("$":8080)", R"("service-url":"http://127.0.0.1:7100")",
          R"("contracts":"ChatApi,UsageApi")", R"("zone":"z")", R"("durationInSecs":6)"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    }
}

TEST_F(RegistryInstancesTest, names_those_of_whom_there_are_instances) {
    tell_all({instance("SHOP", "a"), instance("DOWN", "b", "DOWN"), instance("AUTH", "c")});

    EXPECT_EQ(instances->names(), (std::vector<std::string>{"auth", "shop"}));
    change(contracts::RegistryAction::removed, instance("SHOP", "a"));
    EXPECT_EQ(instances->names(), (std::vector<std::string>{"auth", "shop"})) << "it parts";
    clock.advance(RegistryInstances::parting);
    EXPECT_EQ(instances->names(), (std::vector<std::string>{"auth"}));
}

TEST_F(RegistryInstancesTest, tells_listeners_once_of_several_changes_at_a_time) {
    aio::Loop loop{"test"};
    int told = 0;
    auto listener = std::make_shared<InstanceListener>(loop, [&told] { ++told; });
    instances->add_listener(listener);
    const auto turn = [&loop] { aio::run_to_end(loop, aio::yield()); };

    tell_all({instance("SHOP", "a")});
    change(contracts::RegistryAction::removed, instance("SHOP", "a"));
    turn();
    const int at_once = told;
    change(contracts::RegistryAction::added, instance("SHOP", "b"));
    turn();
    const int after_another = told;
    listener.reset();
    change(contracts::RegistryAction::added, instance("SHOP", "c"));
    turn();

    EXPECT_EQ(at_once, 1);
    EXPECT_EQ(after_another, 2);
    EXPECT_EQ(told, 2) << "nobody listens any more";
}

}  // namespace
}  // namespace loquat::runtime
