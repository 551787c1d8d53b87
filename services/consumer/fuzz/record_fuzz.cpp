#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "contracts/audit/audit_record.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "contracts/dead/dead_record.hpp"
#include "contracts/usage/usage_record.hpp"

// What decodes encodes to the same bytes: one encoding for each value, and no byte is ignored.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace loquat::contracts;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (const auto record = decode<MessageRecord>(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto record = decode<UsageRecord>(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto record = decode<AuditRecord>(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto record = decode<DeadRecord>(bytes)) {
        LOQUAT_CHECK(encode(*record) == bytes, "a record has one encoding");
    }
    if (const auto event = decode<RoomEvent>(bytes)) {
        LOQUAT_CHECK(encode(*event) == bytes, "an event has one encoding");
    }
    if (const auto event = decode<OutcomeEvent>(bytes)) {
        LOQUAT_CHECK(encode(*event) == bytes, "an event has one encoding");
    }
    if (const auto event = decode<StoredEvent>(bytes)) {
        LOQUAT_CHECK(encode(*event) == bytes, "an event has one encoding");
    }
    return 0;
}
