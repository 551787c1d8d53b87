// What can be read of XML is written so that it can be read again; nothing else escapes than a
// Failure.
#include <cstdlib>

#include "base/failure.hpp"
#include "services/registry/eureka/xml.hpp"
#include "services/registry/eureka/xml_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace loquat::registry;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const loquat::Time now{std::chrono::milliseconds{1'000}};
    Instance instance;
    try {
        instance = read_instance_xml(text, now);
    } catch (const loquat::Failure&) {
        return 0;
    }
    try {
        read_instance_xml(instance_xml(instance, Detail::full), now);
    } catch (const loquat::Failure&) {
        std::abort();
    }
    return 0;
}
