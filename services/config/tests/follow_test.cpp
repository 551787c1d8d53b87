#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/failure.hpp"
#include "runtime/context.hpp"
#include "services/config/tests/harness.hpp"

namespace loquat::config {
namespace {

using testing::HasSubstr;

struct LampConfig {
    std::int32_t brightness = 1;
    std::int32_t sockets = 1;

    static constexpr std::array<std::string_view, 1> live{"brightness"};
    static constexpr std::array fields{
        wire::Field{"brightness", 0, 100, "How bright it is."},
        wire::Field{"sockets", 0, 100, "Where it may stand."},
    };
};
BOOST_DESCRIBE_STRUCT(LampConfig, (), (brightness, sockets))

void check_lamp(const runtime::Config& config, runtime::ConfigFindings& findings) {
    if (config.get<LampConfig>("lamp").brightness == 13) {
        findings.add("lamp.brightness", "must not be unlucky");
    }
}

// What the last lamp of this process was told, in the order of telling.
struct Seen {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<LampConfig> configs;

    LampConfig wait_for(std::size_t count) {
        std::unique_lock lock{mutex};
        changed.wait_for(lock, std::chrono::seconds{20}, [&] { return configs.size() >= count; });
        return configs.empty() ? LampConfig{} : configs.back();
    }
    std::size_t count() {
        const std::lock_guard lock{mutex};
        return configs.size();
    }
};
Seen* seen = nullptr;

class Lamp final : public runtime::Service {
  public:
    explicit Lamp(runtime::Context& context) : context_(context) { note(); }
    Task<void> reload() override {
        note();
        co_return;
    }

  private:
    void note() {
        const std::lock_guard lock{seen->mutex};
        seen->configs.push_back(context_.config<LampConfig>());
        seen->changed.notify_all();
    }
    runtime::Context& context_;
};

const runtime::Module lamp_module{
    .name = "lamp",
    .config = [] { return runtime::config_section<LampConfig>("lamp", check_lamp); },
    .make = [](runtime::Context& context) -> std::unique_ptr<runtime::Service> {
        return std::make_unique<Lamp>(context);
    }};

constexpr const char* key = "platform.internal_key=a key of thirty-two characters or more";

struct Following : ServiceTest {
    Seen told;
    std::unique_ptr<runtime::Platform> lamp;

    Following() { seen = &told; }
    ~Following() override { lamp.reset(); }

    void start_server(std::vector<std::string> settings = {}) {
        settings.emplace_back(key);
        start_folder(std::move(settings));
    }
    std::string server() const { return platform->address_of("config"); }
    void start_lamp(const std::string& url, std::vector<std::string> settings = {}) {
        settings.emplace_back(key);
        settings.push_back("platform.config_server=" + url);
        runtime::PlatformOptions options{.modules = {&lamp_module}, .data = root / "lamp"};
        options.sections = runtime::sections_of(options.modules);
        options.sources.settings = std::move(settings);
        lamp = std::make_unique<runtime::Platform>(std::move(options));
        lamp->start();
    }
    // The list of changes, once it has so many.
    std::string changes(std::size_t count) const {
        for (int tries = 0; tries < 2'000; ++tries) {
            const std::string all = body_of(ask("/api/config/changes"));
            std::size_t found = 0;
            for (std::size_t at = all.find("\"outcome\""); at != std::string::npos;
                 at = all.find("\"outcome\"", at + 1)) {
                ++found;
            }
            if (found >= count) {
                return all;
            }
        }
        return {};
    }
    void wait_for_follower() const {
        for (int tries = 0; tries < 2'000 && body_of(ask("/api/config/followers")) == "[]";
             ++tries) {
        }
    }
};

TEST_F(Following, starts_with_what_the_server_says) {
    write("application.yml", "server: {port: 1}\nlamp: {brightness: 5, sockets: 7}\n");
    write("lamp-dev.yml", "lamp: {brightness: 6}\n");
    start_server();

    start_lamp(server(), {"platform.profile=dev", "lamp.sockets=9"});

    EXPECT_EQ(told.wait_for(1).brightness, 6);
    EXPECT_EQ(told.wait_for(1).sockets, 9) << "what the process itself says is stronger";
}

TEST_F(Following, a_change_of_what_is_live_is_applied_at_once_and_nothing_else) {
    write("lamp.yml", "lamp: {brightness: 5, sockets: 7}\n");
    start_server();
    start_lamp(server());
    wait_for_follower();

    write("lamp.yml", "lamp: {brightness: 50, sockets: 70}\n");

    EXPECT_EQ(told.wait_for(2).brightness, 50);
    EXPECT_EQ(told.wait_for(2).sockets, 7);
    EXPECT_THAT(changes(1), HasSubstr(R"("outcome":"applied")"));
    EXPECT_THAT(body_of(ask("/api/config/followers")), HasSubstr(R"("waiting":["lamp.sockets"])"));
}

TEST_F(Following, a_change_that_is_refused_is_applied_by_nobody_and_told_with_its_place) {
    write("lamp.yml", "lamp: {brightness: 5}\n");
    start_server();
    start_lamp(server());
    wait_for_follower();

    write("lamp.yml", "lamp:\n  brightness: 13\n");

    EXPECT_THAT(changes(1), HasSubstr("lamp.yml:2: lamp.brightness must not be unlucky"));
    EXPECT_THAT(changes(1), HasSubstr(R"("outcome":"refused")"));
    write("lamp.yml", "lamp:\n  brightness: 101\n");
    EXPECT_THAT(changes(2), HasSubstr("lamp.brightness must be 0 to 100"));
    write("lamp.yml", "lamp: [\n");
    EXPECT_THAT(changes(3), HasSubstr("lamp.yml: line"));
    EXPECT_EQ(told.count(), 1U);
    write("lamp.yml", "lamp: {brightness: 14}\n");
    EXPECT_EQ(told.wait_for(2).brightness, 14);
}

TEST_F(Following, starts_with_what_was_last_good_where_the_server_is_away) {
    write("lamp.yml", "lamp: {brightness: 5}\n");
    start_server();
    const std::string url = server();
    start_lamp(url);
    lamp.reset();
    platform.reset();

    start_lamp(url);

    EXPECT_EQ(told.wait_for(2).brightness, 5);
}

TEST_F(Following, goes_on_with_what_it_has_and_comes_back_to_the_server) {
    write("lamp.yml", "lamp: {brightness: 5}\n");
    start_server();
    const std::string url = server();
    start_lamp(url);
    wait_for_follower();
    platform.reset();
    write("lamp.yml", "lamp: {brightness: 6}\n");

    start_server({"config.port=" + url.substr(url.rfind(':') + 1)});

    EXPECT_EQ(told.wait_for(2).brightness, 6);
}

TEST_F(Following, starts_with_what_was_last_good_where_the_news_would_not_start) {
    write("lamp.yml", "lamp: {brightness: 5}\n");
    start_server();
    const std::string url = server();
    start_lamp(url);
    lamp.reset();
    write("lamp.yml", "lamp: {brightness: 13}\n");

    start_lamp(url);

    EXPECT_EQ(told.wait_for(2).brightness, 5);
}

TEST_F(Following, does_not_start_with_what_cannot_be_and_nothing_before_it) {
    write("lamp.yml", "lamp: {brightness: 13}\n");
    start_server();
    try {
        start_lamp(server());
        ADD_FAILURE() << "it started";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.message, "config server lamp.yml:1: lamp.brightness must not be unlucky");
    }
}

TEST_F(Following, starts_without_a_server_that_lies_or_answers_half) {
    for (const std::string& lie : {std::string{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"},
                                   std::string{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"},
                                   std::string{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"},
                                   std::string{"hello"}, std::string{}}) {
        const int door = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        ::bind(door, reinterpret_cast<sockaddr*>(&at), size);
        ::listen(door, 16);
        ::getsockname(door, reinterpret_cast<sockaddr*>(&at), &size);
        std::thread liar{[&] {
            while (true) {
                const int call = ::accept(door, nullptr, nullptr);
                if (call < 0) {
                    return;
                }
                ::send(call, lie.data(), lie.size(), MSG_NOSIGNAL);
                ::close(call);
            }
        }};

        start_lamp("http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)));

        EXPECT_EQ(told.wait_for(1).brightness, 1) << lie;
        lamp.reset();
        ::shutdown(door, SHUT_RDWR);
        liar.join();
        ::close(door);
    }
}

TEST_F(Following, reads_everything_again_when_it_is_asked_to) {
    write("lamp.yml", "lamp: {brightness: 5}\n");
    start_server();
    start_lamp(server());

    const auto change = lamp->reload();

    ASSERT_TRUE(change);
    EXPECT_TRUE(change->changed.empty());
    EXPECT_EQ(told.wait_for(2).brightness, 5);
}

}  // namespace
}  // namespace loquat::config
