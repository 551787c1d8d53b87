// What parses is written and parsed again to the same text; nothing else escapes than a Failure.
#include <cstdlib>

#include "base/failure.hpp"
#include "wire/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    try {
        const std::string once = loquat::wire::to_json(loquat::wire::parse(text));
        const std::string twice = loquat::wire::to_json(loquat::wire::parse(once));
        if (once != twice) {
            std::abort();
        }
    } catch (const loquat::Failure&) {
        return 0;
    }
    return 0;
}
