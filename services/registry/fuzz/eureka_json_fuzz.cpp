// What can be read of JSON is written and read again to the same; nothing else escapes than a
// Failure.
#include <cstdlib>

#include "base/failure.hpp"
#include "services/registry/eureka/json.hpp"
#include "services/registry/peers/tasks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace loquat::registry;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const loquat::Time now{std::chrono::milliseconds{1'000}};
    try {
        const std::string once = instance_json(read_instance_json(text, now), Detail::full);
        const std::string twice = instance_json(read_instance_json(once, now), Detail::full);
        if (once != twice) {
            std::abort();
        }
    } catch (const loquat::Failure&) {
    }
    try {
        read_batch_answer(text, now);
    } catch (const loquat::Failure&) {
    }
    try {
        read_all(text, now);
    } catch (const loquat::Failure&) {
    }
    return 0;
}
