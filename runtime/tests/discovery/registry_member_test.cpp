#include "runtime/discovery/registry_member.hpp"
#include "runtime/tls/platform_tls.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "aio/run.hpp"
#include "aio/signal.hpp"
#include "base/ids.hpp"
#include "runtime/discovery/static_instances.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;

// A registry that gives each who comes the next of its answers and closes; the last one for ever.
class LyingRegistry {
  public:
    explicit LyingRegistry(std::vector<std::string> answers) : answers_(std::move(answers)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        ::bind(listening_, reinterpret_cast<sockaddr*>(&at), size);
        ::listen(listening_, 64);
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size);
        address_ = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
        thread_ = std::thread{[this] { serve(); }};
    }
    ~LyingRegistry() {
        ::shutdown(listening_, SHUT_RDWR);
        thread_.join();
        ::close(listening_);
    }

    const std::string& address() const { return address_; }
    // How many of the answers were given.
    std::size_t given() const { return given_; }
    std::size_t size() const { return answers_.size(); }

  private:
    void serve() {
        for (;;) {
            const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) {
                return;
            }
            std::array<char, 4096> buffer{};
            std::string request;
            while (request.find("\r\n\r\n") == std::string::npos) {
                const ssize_t count = ::read(client, buffer.data(), buffer.size());
                if (count <= 0) {
                    break;
                }
                request.append(buffer.data(), static_cast<std::size_t>(count));
            }
            const std::string& answer =
                answers_[std::min<std::size_t>(given_, answers_.size() - 1)];
            ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
            ::close(client);
            ++given_;
        }
    }

    std::vector<std::string> answers_;
    std::string address_;
    int listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::atomic<std::size_t> given_ = 0;
    std::thread thread_;
};

template <class Event>
std::string event_of(const Event& event) {
    return "id: e-1\nevent: " + std::string{Event::event_type} + "\ndata: " + wire::encode(event) +
           "\n\n";
}

std::string stream(const std::string& events) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" +
           events;
}

std::string all_of(const std::string& id) {
    contracts::RegistryInstance one{.application = "SHOP", .id = id, .host = "h", .port = 1};
    one.url = "http://" + id + ":1";
    one.status = "UP";
    one.metadata = wire::Object{};
    return event_of(contracts::RegistryReset{.epoch = "e", .instances = 1}) +
           event_of(contracts::RegistryInstances{.items = {one}}) +
           event_of(contracts::RegistryCurrent{.epoch = "e", .version = 1});
}

struct RegistryMemberTest : testing::Test {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("loquat-member-" + Uuid::make().to_string());
    aio::Loop loop{"test"};
    SystemClock clock;

    RegistryMemberTest() { std::filesystem::create_directories(folder); }
    ~RegistryMemberTest() override { std::filesystem::remove_all(folder); }

    static std::string known(const RegistryInstances& instances) {
        std::string all;
        for (const ServiceInstance& one : *instances.list("shop")) {
            all += one.id + " ";
        }
        return all;
    }
};

TEST_F(RegistryMemberTest, keeps_what_it_knows_through_every_lie_and_follows_again_afterwards) {
    const std::string reset = event_of(contracts::RegistryReset{.epoch = "e", .instances = 1});
    LyingRegistry registry{{
        stream(all_of("first")),
        "",                                                  // nothing at all
        "nonsense\r\n\r\n",                                  // not HTTP
        "HTTP/1.1 200 OK\r\nContent-Le",                     // half a head
        "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",  // says that it is broken
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",    // answers something else
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        stream(reset),                                        // forgets, and says no more
        stream(all_of("half").substr(0, reset.size() + 40)),  // half an event
        stream("event: instances\ndata: {\"items\":[{\"id\":7}]}\n\n"),
        stream("event: change\ndata: {nonsense\n\n"),
        stream("event: change\ndata: " + std::string(200'000, '[') + "\n\n"),
        stream(reset + "event: instances\ndata: " + std::string(5'000'000, 'x')),  // too large
        stream(all_of("last")),
    }};
    const FakeClock clock;
    RegistryInstances instances{std::make_unique<StaticInstances>(std::span<const ServiceUrl>{}),
                                folder / "known.json", clock};
    std::set<std::string> seen;
    const auto work = [&]() -> Task<void> {
        const std::vector<std::string> addresses(registry.size(), registry.address());
        const PlatformTls tls{{}, {}, clock};
        RegistryMember member{loop, {.addresses = addresses}, {tls, instances, clock}};
        member.start();
        const Steady latest = std::chrono::steady_clock::now() + 60s;
        aio::Signal never;
        while (known(instances) != "last " && std::chrono::steady_clock::now() < latest) {
            seen.insert(known(instances));
            co_await never.wait_until(std::chrono::steady_clock::now() + 2ms);
        }
        co_await member.stop(std::chrono::steady_clock::now());
    };

    aio::run_to_end(loop, work());

    EXPECT_EQ(known(instances), "last ");
    EXPECT_GE(registry.given(), registry.size());
    seen.erase("");
    EXPECT_EQ(seen, std::set<std::string>{"first "}) << "and nothing else in between";
}

}  // namespace
}  // namespace loquat::runtime
