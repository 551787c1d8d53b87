#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "store/audit/audit_record.hpp"
#include "store/messages/room_event.hpp"
#include "store/usage/usage_record.hpp"

// What decodes encodes to the same bytes: one encoding for each value, and no byte is ignored.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace loquat::store;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (const auto record = decode_message_record(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto record = decode_usage_record(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto record = decode_audit_record(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto event = decode_room_event(bytes)) {
        LOQUAT_CHECK(encode(*event) == bytes, "an event has one encoding");
    }
    if (const auto event = decode_outcome_event(bytes)) {
        LOQUAT_CHECK(encode(*event) == bytes, "an event has one encoding");
    }
    if (const auto event = decode_stored_event(bytes)) {
        LOQUAT_CHECK(encode(*event) == bytes, "an event has one encoding");
    }
    return 0;
}
