#include "store/log/batch.hpp"

#include <array>
#include <cstring>

#include "store/checksum.hpp"
#include "store/codec.hpp"

namespace loquat::store {
namespace {

std::uint32_t checksum(std::uint32_t topic_sum, Offset offset, std::string_view key,
                       std::string_view payload) {
    std::array<char, 12> place{};
    for (std::size_t i = 0; i < 8; ++i) {
        place[i] = static_cast<char>(offset >> (8 * i));
    }
    // Where the key ends is part of what is protected.
    for (std::size_t i = 0; i < 4; ++i) {
        place[8 + i] = static_cast<char>(key.size() >> (8 * i));
    }
    std::uint32_t sum = crc32c({place.data(), place.size()}, topic_sum);
    sum = crc32c(key, sum);
    return crc32c(payload, sum);
}

}  // namespace

std::string encode_batch(std::string_view topic, const std::vector<LogRecordPtr>& records) {
    const std::uint32_t topic_sum = crc32c(topic);
    Encoder out;
    for (const LogRecordPtr& record : records) {
        out.bytes(record->key);
        out.bytes(record->payload);
        const std::uint32_t sum = checksum(topic_sum, record->offset, record->key, record->payload);
        for (int shift = 0; shift < 32; shift += 8) {
            out.byte(static_cast<std::uint8_t>(sum >> shift));
        }
    }
    return out.take();
}

DecodedBatch decode_batch(std::string_view topic, Offset first, std::size_t count,
                          std::string_view body) {
    const std::uint32_t topic_sum = crc32c(topic);
    Decoder in{body};
    DecodedBatch decoded;
    for (std::size_t i = 0; i < count; ++i) {
        const Offset offset = first + i;
        const std::string_view key = in.bytes();
        const std::string_view payload = in.bytes();
        std::uint32_t stored = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            stored |= static_cast<std::uint32_t>(in.byte()) << shift;
        }
        if (!in.ok() || stored != checksum(topic_sum, offset, key, payload)) {
            decoded.damaged = offset;
            return decoded;
        }
        decoded.records.push_back(std::make_shared<const LogRecord>(
            LogRecord{offset, std::string{key}, std::string{payload}}));
    }
    if (!in.finished()) {
        decoded.damaged = first + count;
    }
    return decoded;
}

}  // namespace loquat::store
