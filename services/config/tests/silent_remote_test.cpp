#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/time.h>

#include <array>
#include <future>

#include "services/config/adapters/git_connections.hpp"
#include "services/config/adapters/git_repository.hpp"
#include "services/config/tests/harness.hpp"
#include "testing/listening_socket.hpp"

// A remote that takes a connection and then says nothing, or half of what it began.
namespace loquat::config {
namespace {

using testing::HasSubstr;

class Remote {
  public:
    explicit Remote(std::string answer)
        : ended_(std::async(std::launch::async,
                            [this, answer = std::move(answer)] { return serve(answer); })) {}

    std::string uri() const {
        return "http://127.0.0.1:" + std::to_string(listening_.port()) + "/team/settings";
    }
    // Waits until somebody asks for something.
    void await_request() { asked_.get_future().wait(); }
    // Whether whoever asked has closed the connection; waits for it.
    bool is_left() { return ended_.get(); }

  private:
    bool serve(const std::string& answer) {
        const int client = ::accept(listening_.handle(), nullptr, nullptr);
        const timeval patience{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        std::array<char, 4096> buffer{};
        std::string request;
        while (!request.contains("\r\n\r\n")) {
            const ssize_t count = ::recv(client, buffer.data(), buffer.size(), 0);
            if (count <= 0) {
                return false;
            }
            request.append(buffer.data(), static_cast<std::size_t>(count));
        }
        const bool is_sent = ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) ==
                             static_cast<ssize_t>(answer.size());
        asked_.set_value();
        const ssize_t after = ::recv(client, buffer.data(), buffer.size(), 0);
        ::close(client);
        return is_sent && after == 0;
    }

    test::ListeningSocket listening_;
    std::promise<void> asked_;
    std::future<bool> ended_;
};

constexpr const char* half =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n"
    "Content-Length: 4000\r\n\r\n001e# service=git-upload-pack\n0000015";

using SilentRemote = ServiceTest;

TEST_F(SilentRemote, is_given_up_at_the_deadline_and_leaves_no_connection_behind) {
    for (const char* answer : {"", "HTTP/1.1 200 OK\r\nContent-Ty", half}) {
        Remote remote{answer};
        GitRepository repository{{.uri = remote.uri(),
                                  .clone = root / "clone",
                                  .username = {},
                                  .password = {},
                                  .time_max = std::chrono::milliseconds{200}}};
        GitConnections connections;
        std::string told;
        try {
            repository.fetch(connections);
        } catch (const Failure& failure) {
            told = failure.message;
        }

        EXPECT_EQ(told, remote.uri() + ": no whole answer within 200 ms");
        EXPECT_TRUE(remote.is_left()) << answer;
    }
}

TEST_F(SilentRemote, is_let_go_of_when_the_service_stops) {
    Remote remote{half};
    start({"config.git.uri=" + remote.uri(), "config.git.fetch_ms_max=600000"});
    remote.await_request();

    platform.reset();

    EXPECT_TRUE(remote.is_left());
}

TEST_F(SilentRemote, is_told_of_while_what_was_there_before_is_served) {
    git("init");
    write("chat.yml", "a: 1\n");
    commit();
    {
        GitRepository before{{.uri = work().string(), .clone = root / "data" / "config-clone"}};
        GitConnections connections;
        before.fetch(connections);
    }
    Remote remote{""};
    start({"config.git.uri=" + remote.uri(), "config.git.fetch_ms_max=200"});
    EXPECT_TRUE(remote.is_left());

    EXPECT_THAT(ask("/chat-dev.yml"), HasSubstr("a: 1"));
    EXPECT_EQ(status_of(ask("/chat/dev/none")), "404");
}

}  // namespace
}  // namespace loquat::config
