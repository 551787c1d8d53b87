#pragma once
#include <array>
#include <cstddef>

#include "wire/describe.hpp"

namespace loquat::cart {

struct Config {
    std::size_t changes_waiting_max = 256;

    static constexpr std::array fields{
        wire::Field{"changes_waiting_max", 1, 10'000,
                    "Changes of one cart that wait for each other; more are refused with 503."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (), (changes_waiting_max))

}  // namespace loquat::cart
