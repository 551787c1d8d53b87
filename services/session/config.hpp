#pragma once
#include <array>
#include <chrono>
#include <string>

#include "wire/describe.hpp"

namespace loquat::session {

// Who takes the money.
struct PaymentConfig {
    std::string url;
    std::string key_file;

    static constexpr std::array fields{
        wire::Field{"url", 0, 2'000,
                    "http(s)://HOST:PORT of a provider that speaks of payment intents; empty: "
                    "payments are simulated, and no money is taken."},
        wire::Field{.name = "key_file", .doc = "A file with the provider's key in its first line."},
    };
};
BOOST_DESCRIBE_STRUCT(PaymentConfig, (), (url, key_file))

struct Config {
    std::chrono::seconds resume_seconds{90};
    PaymentConfig payment;

    static constexpr std::array fields{
        wire::Field{"resume_seconds", 61, 3600,
                    "A checkout that nobody moved on for so long is taken up again; longer than a "
                    "request may last."},
        wire::Field{.name = "payment", .doc = "Who takes the money."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (), (resume_seconds, payment))

}  // namespace loquat::session
