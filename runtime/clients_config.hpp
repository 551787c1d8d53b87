#pragma once
#include "wire/codec.hpp"

namespace loquat::runtime {

// How this process calls services of others.
struct ClientsConfig {
    std::int32_t name_seconds = 30;

    static constexpr std::array fields{
        wire::Field{"name_seconds", 1, 86'400, "Names in platform.urls are looked up this often."},
    };
};
BOOST_DESCRIBE_STRUCT(ClientsConfig, (), (name_seconds))

}  // namespace loquat::runtime
