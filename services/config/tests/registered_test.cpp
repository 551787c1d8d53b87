#include "services/config/follow/registered.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "services/config/tests/harness.hpp"
#include "testing/listening_socket.hpp"

namespace loquat::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// An application of somebody else: takes one request, answers it, and keeps what it was.
class Application {
  public:
    Application() : thread_([this] { serve(); }) {}
    ~Application() {
        if (thread_.joinable()) {
            ::shutdown(listening_.handle(), SHUT_RDWR);
            thread_.join();
        }
    }

    std::string entry() const {
        return "{service: shop, url: 'http://127.0.0.1:" + std::to_string(listening_.port()) + "'}";
    }
    // Waits for it; empty when none came.
    std::string request() {
        thread_.join();
        return request_;
    }

  private:
    void serve() {
        const int client = ::accept(listening_.handle(), nullptr, nullptr);
        std::array<char, 4096> buffer{};
        while (client >= 0 && request_.find("\r\n\r\n") == std::string::npos) {
            const ssize_t count = ::read(client, buffer.data(), buffer.size());
            if (count <= 0) {
                break;
            }
            request_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
        if (client >= 0) {
            EXPECT_EQ(::write(client, answer.data(), answer.size()),
                      static_cast<ssize_t>(answer.size()));
            ::close(client);
        }
    }

    test::ListeningSocket listening_;
    std::string request_;
    std::thread thread_;
};

using RegisteredTest = ServiceTest;

TEST_F(RegisteredTest, applications_are_told_to_refresh_whoever_of_them_is_away) {
    Application one;
    Application two;
    start_folder({"config.refreshed_applications=[shop]",
                  "platform.urls=[{service: shop, url: 'http://127.0.0.1:1'}," + one.entry() + "," +
                      two.entry() + "]"});

    EXPECT_EQ(status_of(post("/actuator/busrefresh/SHOP", "")), "204");

    EXPECT_THAT(one.request(), StartsWith("POST /actuator/refresh HTTP/1.1\r\n"));
    EXPECT_THAT(two.request(), StartsWith("POST /actuator/refresh HTTP/1.1\r\n"));
}

TEST_F(RegisteredTest, applications_that_no_setting_names_are_left_alone) {
    Application one;
    start_folder({"platform.urls=[" + one.entry() + "]"});

    EXPECT_EQ(status_of(post("/actuator/busrefresh", "")), "204");
    EXPECT_EQ(status_of(post("/actuator/busrefresh/shop", "")), "204");
}

TEST(Destination, of_the_bus_means_applications_and_their_instances) {
    for (const char* all :
         {"", "**", "*", "shop", "SHOP", "shop:**", "shop:*", "shop:h:shop:1", "h:shop:1"}) {
        EXPECT_TRUE(is_meant(all, "shop", "h:shop:1")) << all;
    }
    for (const char* other : {"sho", "shop:h", "shop:h:shop:11", "auth", "auth:**"}) {
        EXPECT_FALSE(is_meant(other, "shop", "h:shop:1")) << other;
    }
}

}  // namespace
}  // namespace loquat::config
