#include "runtime/front/front_server.hpp"

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "net/http/sse.hpp"
#include "runtime/platform/platform.hpp"
#include "testing/raw_fetch.hpp"

namespace loquat::runtime {
namespace {

// Two events, and the end.
class TwoEvents final : public net::http::BodySource {
  public:
    Task<std::optional<std::string>> next() override {
        if (++told_ > 2) {
            co_return std::nullopt;
        }
        co_return net::http::to_sse({.event = "count", .data = std::to_string(told_)});
    }

  private:
    int told_ = 0;
};

struct DoorConfig {
    std::int32_t port = 0;

    static constexpr std::array fields{wire::Field{"port", 0, 65'535, "Where it listens."}};
};
BOOST_DESCRIBE_STRUCT(DoorConfig, (), (port))

class Door final : public Service, Front {
  public:
    explicit Door(Context& context)
        : context_(context), port_(context.config<DoorConfig>().port), server_(context, *this) {}

    Task<void> start() override {
        server_.listen("127.0.0.1", static_cast<std::uint16_t>(port_));
        co_return;
    }
    Task<void> stop(Steady deadline) override { co_await server_.drain(deadline); }
    std::string address() const override { return server_.address(); }

  private:
    Task<net::http::Response> answer(net::http::Exchange& exchange) override {
        if (exchange.head().path == "/events") {
            co_return make_event_stream(std::make_unique<TwoEvents>());
        }
        if (exchange.head().path == "/services") {
            std::string names;
            for (const std::string& name : context_.known_services()) {
                names += name + " ";
            }
            co_return net::http::Response{.body = names};
        }
        if (exchange.head().path != "/") {
            throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
        }
        co_return net::http::Response{.body = "hello"};
    }

    Context& context_;
    std::int32_t port_;
    FrontServer server_;
};

const Module door_module{.name = "door",
                         .config = [] { return config_section<DoorConfig>("door"); },
                         .make = [](Context& context) -> std::unique_ptr<Service> {
                             return std::make_unique<Door>(context);
                         }};

std::uint16_t port_of(const std::string& address) {
    return static_cast<std::uint16_t>(*parse_number(address.substr(address.rfind(':') + 1)));
}

// What comes back until the server closes.
std::string fetch(const std::string& address, const std::string& path) {
    return test::raw_fetch(
        address, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

struct FrontServerTest : testing::Test {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("loquat-front-" + Uuid::make().to_string());
    ~FrontServerTest() override { std::filesystem::remove_all(folder); }

    PlatformOptions options(const std::string& name, std::uint16_t port) const {
        PlatformOptions options{.modules = {&door_module}, .data = folder / name};
        options.sections = sections_of(options.modules);
        options.sources.settings = {"platform.log_level=error", "platform.drain_seconds=1",
                                    "door.port=" + std::to_string(port)};
        return options;
    }
};

TEST_F(FrontServerTest, answers_what_every_process_says_and_then_asks_its_front) {
    Platform platform{options("one", 0)};
    platform.start();

    const std::string own = fetch(platform.address_of("door"), "/");
    const std::string health = fetch(platform.address(), "/actuator/health");
    const std::string nothing = fetch(platform.address(), "/nowhere");

    EXPECT_TRUE(own.starts_with("HTTP/1.1 200 ") && own.ends_with("hello")) << own;
    EXPECT_NE(health.find("\"status\":\"UP\""), std::string::npos) << health;
    EXPECT_TRUE(nothing.starts_with("HTTP/1.1 404 ")) << nothing;
    EXPECT_NE(nothing.find("request.no_route"), std::string::npos) << nothing;
}

TEST_F(FrontServerTest, knows_the_services_of_the_platform) {
    Platform platform{options("one", 0)};
    platform.start();

    const std::string names = fetch(platform.address(), "/services");

    EXPECT_TRUE(names.ends_with("\r\n\r\ndoor ")) << names;
}

TEST_F(FrontServerTest, streams_events_as_they_come) {
    Platform platform{options("one", 0)};
    platform.start();

    const std::string answer = fetch(platform.address(), "/events");

    EXPECT_NE(answer.find("Content-Type: text/event-stream"), std::string::npos) << answer;
    EXPECT_LT(answer.find("data: 1"), answer.find("data: 2")) << answer;
    EXPECT_NE(answer.find("data: 2"), std::string::npos) << answer;
}

TEST_F(FrontServerTest, goes_on_without_a_taken_port_or_refuses_to_start) {
    Platform first{options("one", 0)};
    first.start();
    const std::uint16_t taken = port_of(first.address());
    PlatformOptions second = options("two", taken);
    PlatformOptions third = options("three", taken);
    third.taken_port = TakenPort::refuse;
    Platform going_on{std::move(second)};
    Platform refusing{std::move(third)};
    std::string code;

    going_on.start();
    try {
        refusing.start();
    } catch (const Failure& failure) {
        code = failure.code;
    }

    EXPECT_EQ(going_on.address(), "");
    EXPECT_EQ(code, "net.listen_failed");
}

}  // namespace
}  // namespace loquat::runtime
