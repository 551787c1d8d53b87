#include "store/log/import/old_batch.hpp"

#include <array>

#include "store/checksum.hpp"
#include "wire/binary.hpp"

namespace loquat::store {

std::uint32_t old_record_checksum(std::string_view topic, const LogRecord& record) {
    std::array<char, 12> place{};
    for (std::size_t i = 0; i < 8; ++i) {
        place[i] = static_cast<char>(record.offset >> (8 * i));
    }
    // Where the key ends is part of what is protected.
    for (std::size_t i = 0; i < 4; ++i) {
        place[8 + i] = static_cast<char>(record.key.size() >> (8 * i));
    }
    std::uint32_t sum = crc32c({place.data(), place.size()}, crc32c(topic));
    sum = crc32c(record.key, sum);
    return crc32c(record.payload, sum);
}

std::optional<std::vector<LogRecordPtr>> decode_old_batch(std::string_view topic, Offset first,
                                                          std::size_t count,
                                                          std::string_view body) {
    wire::Decoder in{body};
    std::vector<LogRecordPtr> records;
    for (std::size_t i = 0; i < count; ++i) {
        LogRecord record;
        record.offset = first + i;
        record.key = in.bytes();
        record.payload = in.bytes();
        std::uint32_t stored = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            stored |= static_cast<std::uint32_t>(in.byte()) << shift;
        }
        if (!in.ok() || stored != old_record_checksum(topic, record)) {
            return std::nullopt;
        }
        records.push_back(std::make_shared<const LogRecord>(std::move(record)));
    }
    return in.finished() ? std::optional{std::move(records)} : std::nullopt;
}

}  // namespace loquat::store
