#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace loquat::test {

// Where a platform is asked, and how long one who asks has patience.
struct Where {
    std::uint16_t port = 0;
    std::string host = "127.0.0.1";
    std::chrono::milliseconds answer_time_max{20'000};
};

}  // namespace loquat::test
