#include "store/log/rabbitmq/wake.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.hpp"

namespace loquat::store {

Wake::Wake() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    LOQUAT_CHECK(event_ >= 0, "an event can be made");
}

Wake::~Wake() { ::close(event_); }

void Wake::ring() const {
    const std::uint64_t one = 1;
    // A full counter is as good as one.
    [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Wake::wait(int socket, Steady deadline) const {
    std::array<pollfd, 2> both{pollfd{event_, POLLIN, 0}, pollfd{socket, POLLIN, 0}};
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto ms = std::clamp<std::int64_t>(left.count(), 0, 60'000);
    ::poll(both.data(), socket < 0 ? 1 : 2, static_cast<int>(ms));
    std::uint64_t count = 0;
    [[maybe_unused]] const auto was_read = ::read(event_, &count, sizeof count);
}

}  // namespace loquat::store
