#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/log/event_log.hpp"

namespace loquat::store {

// The body of one stored batch: for each record the key, the payload (each with its length before
// it) and a CRC-32C over topic, offset, key and payload, so that a body in the wrong place is found
// as well.
std::string encode_batch(std::string_view topic, const std::vector<LogRecordPtr>& records);

struct DecodedBatch {
    std::vector<LogRecordPtr> records;
    std::optional<Offset> damaged;  // the first record that is not as it was written
};

// Gives the records before the first damaged one.
DecodedBatch decode_batch(std::string_view topic, Offset first, std::size_t count,
                          std::string_view body);

}  // namespace loquat::store
