#include "runtime/platform/platform.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.hpp"
#include "contracts/core/binding.hpp"
#include "runtime/context.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::runtime {

class PingApi {
  public:
    virtual ~PingApi() = default;
    virtual Task<contracts::Empty> ping(contracts::Caller caller, contracts::Empty request) = 0;
};
class PongApi {
  public:
    virtual ~PongApi() = default;
    virtual Task<contracts::Empty> pong(contracts::Caller caller, contracts::Empty request) = 0;
};

}  // namespace loquat::runtime

template <>
struct loquat::contracts::Table<loquat::runtime::PingApi> {
    static constexpr std::string_view service = "ping";
    static constexpr std::tuple routes{Route<&runtime::PingApi::ping>{
        {.method = "POST", .path = "/internal/ping", .access = Access::internal}}};
};
template <>
struct loquat::contracts::Table<loquat::runtime::PongApi> {
    static constexpr std::string_view service = "pong";
    static constexpr std::tuple routes{Route<&runtime::PongApi::pong>{
        {.method = "POST", .path = "/internal/pong", .access = Access::internal}}};
};

namespace loquat::runtime {
namespace {

struct NoConfig {};
BOOST_DESCRIBE_STRUCT(NoConfig, (), ())

template <class T>
std::unique_ptr<Service> make_service(Context& context) {
    return std::make_unique<T>(context);
}

// What happened, in order; one thread at a time writes while a platform starts.
std::vector<std::string> story;

// Two that call each other: a circle.
class Ping final : public Service, public PingApi {
  public:
    explicit Ping(Context& context) : pong_(context.client<PongApi>()) {
        context.expose<PingApi>(*this, contracts::bind_table<PingApi>());
    }
    Task<void> start() override { co_await pong_.call<&PongApi::pong>({}, {}); }
    Task<contracts::Empty> ping(contracts::Caller, contracts::Empty) override {
        story.emplace_back("pong called ping");
        co_return contracts::Empty{};
    }

  private:
    contracts::Client<PongApi> pong_;
};

class Pong final : public Service, public PongApi {
  public:
    explicit Pong(Context& context) : ping_(context.client<PingApi>()) {
        context.expose<PongApi>(*this, contracts::bind_table<PongApi>());
    }
    Task<void> start() override { co_await ping_.call<&PingApi::ping>({}, {}); }
    Task<contracts::Empty> pong(contracts::Caller, contracts::Empty) override {
        story.emplace_back("ping called pong");
        co_return contracts::Empty{};
    }

  private:
    contracts::Client<PingApi> ping_;
};

const Module ping_module{.name = "ping",
                         .loop = "ping",
                         .calls = {{"pong"}},
                         .config = [] { return config_section<NoConfig>("ping"); },
                         .make = &make_service<Ping>};
const Module pong_module{.name = "pong",
                         .loop = "pong",
                         .calls = {{"ping"}},
                         .config = [] { return config_section<NoConfig>("pong"); },
                         .make = &make_service<Pong>};

// Counts the upgrades that come to each edge.
constexpr std::size_t edges = 3;
std::array<std::atomic<int>, edges> upgrades;

class Edge final : public Service, public UpgradeTarget {
  public:
    explicit Edge(Context& context) : edge_(context.edge()) {
        context.expose_upgrade("/ws", *this);
    }
    Task<void> handle_upgrade(net::http::Exchange& exchange, contracts::Caller) override {
        ++upgrades[edge_];
        net::http::Response response{.status = 503};
        co_await exchange.respond(std::move(response));
    }

  private:
    std::size_t edge_;
};

const Module edge_module{.name = "edge",
                         .placement = Placement::every_edge,
                         .config = [] { return config_section<NoConfig>("edge"); },
                         .make = &make_service<Edge>};

// What the worker says each time it is asked, the last of them for good: at rest, busy, or stuck.
std::string_view answers;
std::size_t times_asked = 0;

class Worker final : public Service {
  public:
    explicit Worker(Context&) {}
    Task<bool> is_at_rest() override {
        const char answer = answers[std::min(times_asked++, answers.size() - 1)];
        if (answer == 's') {
            throw Failure{Kind::unavailable, "test.stuck", "It cannot go on."};
        }
        co_return answer == 'r';
    }
};

const Module worker_module{.name = "worker",
                           .config = [] { return config_section<NoConfig>("worker"); },
                           .make = &make_service<Worker>};

struct PlatformTest : testing::Test {
    test::TemporaryFolder place;
    std::filesystem::path folder = place / "data";

    PlatformTest() { story.clear(); }

    PlatformOptions options_of(std::vector<const Module*> modules) const {
        PlatformOptions options{.modules = std::move(modules), .data = folder};
        options.sections = sections_of(options.modules);
        options.sources.settings = {"platform.edge_loops=" + std::to_string(edges),
                                    "platform.log_level=error", "platform.drain_seconds=1"};
        return options;
    }
};

TEST_F(PlatformTest, services_find_each_other_in_whatever_order_they_are_given) {
    using Given = std::vector<const Module*>;
    for (const Calls calls : {Calls::direct, Calls::loopback}) {
        for (const Given& modules :
             {Given{&ping_module, &pong_module}, Given{&pong_module, &ping_module}}) {
            story.clear();
            PlatformOptions options = options_of(modules);
            options.calls = calls;
            Platform platform{std::move(options)};

            platform.start();

            std::ranges::sort(story);
            EXPECT_EQ(story, (std::vector<std::string>{"ping called pong", "pong called ping"}));
        }
    }
}

TEST_F(PlatformTest, is_at_rest_once_all_of_its_services_say_so_twice) {
    const auto rests = [this](std::string_view said, std::chrono::seconds limit) {
        answers = said;
        times_asked = 0;
        Platform platform{options_of({&ping_module, &pong_module, &worker_module})};
        platform.start();
        return platform.wait_until_at_rest(limit);
    };
    constexpr std::chrono::seconds no_time{0};
    constexpr std::chrono::seconds much_time{60};

    EXPECT_TRUE(rests("r", no_time));
    EXPECT_TRUE(rests("bbr", much_time));
    EXPECT_FALSE(rests("b", no_time));
    // One that was asked later may have had work for it.
    EXPECT_TRUE(rests("rbrr", much_time));
    EXPECT_EQ(times_asked, 4U);
    EXPECT_EQ(test::code_of([&] { rests("s", much_time); }), "test.stuck");
}

TEST_F(PlatformTest, opens_nothing_without_those_who_are_needed) {
    std::string code;
    std::string said;
    try {
        const Platform platform{options_of({&ping_module})};
    } catch (const Failure& failure) {
        code = failure.code;
        said = failure.message;
    }

    EXPECT_EQ(code, "serve.neighbour_unknown");
    EXPECT_TRUE(said.starts_with("ping needs pong: name pong too, or say where it is")) << said;
    EXPECT_FALSE(std::filesystem::exists(folder));
}

// One upgrade on a connection of its own; its answer's first bytes.
std::string ask_for_upgrade(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    constexpr std::string_view request =
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    std::array<char, 256> answer{};
    ssize_t size = 0;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
        ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        size = ::recv(socket, answer.data(), answer.size(), 0);
    }
    ::close(socket);
    return {answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

TEST_F(PlatformTest, connections_to_the_service_port_spread_over_all_edge_loops) {
    // The kernel chooses by a hash: that one of three loops gets none of 96 happens once in 10^16.
    constexpr int connections = 96;
    PlatformOptions options = options_of({&edge_module});
    options.service_port = ServicePort{};
    Platform platform{std::move(options)};
    platform.start();
    const std::string address = platform.service_address();
    const auto port =
        static_cast<std::uint16_t>(*parse_number(address.substr(address.rfind(':') + 1)));

    for (int i = 0; i < connections; ++i) {
        EXPECT_TRUE(ask_for_upgrade(port).starts_with("HTTP/1.1 503 "));
    }

    int sum = 0;
    for (const auto& count : upgrades) {
        EXPECT_GT(count, 0);
        sum += count;
    }
    EXPECT_EQ(sum, connections);
}

TEST_F(PlatformTest, refuses_a_service_port_that_another_process_shares_already) {
    PlatformOptions first_options = options_of({&edge_module});
    first_options.service_port = ServicePort{};
    Platform first{std::move(first_options)};
    first.start();
    const std::string address = first.service_address();
    PlatformOptions second_options = options_of({&edge_module});
    second_options.data = folder / "second";
    second_options.service_port = ServicePort{
        .port = static_cast<std::uint16_t>(*parse_number(address.substr(address.rfind(':') + 1)))};
    Platform second{std::move(second_options)};
    std::string code;

    try {
        second.start();
    } catch (const Failure& failure) {
        code = failure.code;
    }

    EXPECT_EQ(code, "net.listen_failed");
}

}  // namespace
}  // namespace loquat::runtime
