#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "store/file/frame.hpp"
#include "store/log/segments/entry.hpp"

// Frames and entries of the log: what decodes encodes to the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace loquat::store;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (const auto entry = decode_entry(bytes)) {
        LOQUAT_CHECK(encode_entry(*entry) == bytes, "an entry has one encoding");
        if (const auto* batch = std::get_if<RecordBatch>(&*entry)) {
            if (const auto records = decode_records(*batch)) {
                LOQUAT_CHECK(records->size() == batch->count, "a batch holds what it says");
            }
        }
    }
    if (const auto frame = read_frame(bytes, 0, 0)) {
        std::string again;
        append_frame(again, 0, 0, frame->body);
        LOQUAT_CHECK(bytes.starts_with(again), "a frame has one form");
    }
    return 0;
}
