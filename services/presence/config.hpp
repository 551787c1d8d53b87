#pragma once
#include <chrono>
#include <cstddef>

#include "wire/describe.hpp"

namespace loquat::presence {

struct Config {
    std::chrono::milliseconds batch_ms{250};
    std::chrono::milliseconds lease_ms{30'000};
    std::chrono::milliseconds offline_after_ms{1'500};
    std::size_t remembered_max = 200'000;

    static constexpr std::array fields{
        wire::Field{"batch_ms", 10, 10'000, "Changes are told together after this time."},
        wire::Field{"lease_ms", 1'000, 600'000, "An edge node that is silent so long is gone."},
        wire::Field{"offline_after_ms", 0, 60'000,
                    "Without a connection for so long: offline. A page that reloads is no news."},
        wire::Field{"remembered_max", 100, 10'000'000, "People whose last visit is remembered."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (), (batch_ms, lease_ms, offline_after_ms, remembered_max))

}  // namespace loquat::presence
