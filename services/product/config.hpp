#pragma once
#include <array>
#include <chrono>
#include <string>

#include "wire/describe.hpp"

namespace loquat::product {

struct Config {
    std::string synonyms_file;
    std::chrono::milliseconds follow_ms{250};

    static constexpr std::array fields{
        wire::Field{"synonyms_file", 0, 4'096,
                    "Words that mean the same thing, a rule a line: `sofa, couch` or `mobile => "
                    "phone`. Beside those that are built in."},
        wire::Field{"follow_ms", 50, 10'000,
                    "How often an instance looks for what others changed."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (), (synonyms_file, follow_ms))

}  // namespace loquat::product
