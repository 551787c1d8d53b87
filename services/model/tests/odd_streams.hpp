#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace loquat::model::test {

// The body of a 200 answer as some server has sent it, or might, and what has to become of it.
struct OddStream {
    std::string name;
    std::string body;
    std::string text;
    std::string code;           // of the failure; empty: a whole answer
    std::string finish_reason;  // of a whole answer
    std::int64_t input = -1;    // the provider's figures; -1: none
    std::int64_t output = -1;
};

const std::vector<OddStream>& odd_streams();

// Events of a well-formed stream: a delta, as an object; the finish; figures; the end.
std::string chunk(const std::string& delta_object);
std::string say(const std::string& json_string);
inline const std::string stop =
    R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
    "\n\n";
inline const std::string the_end = "data: [DONE]\n\n";

}  // namespace loquat::model::test
