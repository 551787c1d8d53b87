#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/log/event_log.hpp"

namespace loquat::store {

// The body of a batch as version 0.1.0 stored it: for each record the key, the payload (each with
// its length before it) and a CRC-32C over topic, offset, key and payload.  None when a record is
// not as it was written.
std::optional<std::vector<LogRecordPtr>> decode_old_batch(std::string_view topic, Offset first,
                                                          std::size_t count, std::string_view body);

// What the checksum of one record is.
std::uint32_t old_record_checksum(std::string_view topic, const LogRecord& record);

}  // namespace loquat::store
