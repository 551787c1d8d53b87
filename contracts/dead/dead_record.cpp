#include "contracts/dead/dead_record.hpp"

#include "wire/binary.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = records::messages_dead.version;
static_assert(records::usage_dead.version == version && records::audit_dead.version == version);

}  // namespace

std::string encode(const DeadRecord& record) {
    wire::Encoder out;
    out.byte(version);
    out.byte(static_cast<std::uint8_t>(record.step));
    out.bytes(record.origin.topic);
    out.number(record.origin.partition);
    out.number(record.origin.offset);
    out.uuid(record.origin.log);
    out.signed_number(to_unix_ms(record.at));
    out.bytes(record.reason);
    out.bytes(record.detail);
    out.number(record.tries);
    out.number(record.bytes);
    out.bytes(record.payload);
    return out.take();
}

template <>
std::optional<DeadRecord> decode<DeadRecord>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    DeadRecord record;
    record.step = static_cast<DeadStep>(in.choice(1, 3));
    record.origin.topic = in.bytes();
    const std::uint64_t partition = in.number();
    if (partition > UINT32_MAX) {
        in.refuse();
    }
    record.origin.partition = static_cast<std::uint32_t>(partition);
    record.origin.offset = in.number();
    record.origin.log = in.uuid();
    record.at = from_unix_ms(in.signed_number());
    record.reason = in.bytes();
    record.detail = in.bytes();
    record.tries = in.number();
    record.bytes = in.number();
    record.payload = in.bytes();
    return in.finished() ? std::optional{std::move(record)} : std::nullopt;
}

}  // namespace loquat::contracts
