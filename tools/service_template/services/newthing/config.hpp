#pragma once
#include <array>
#include <cstddef>

#include "wire/describe.hpp"

namespace loquat::newthing {

struct Config {
    std::size_t entries_per_user_max = 1000;

    static constexpr std::array fields{
        wire::Field{"entries_per_user_max", 1, 100'000, "One more is refused."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (), (entries_per_user_max))

}  // namespace loquat::newthing
