#include "contracts/audit/audit_record.hpp"

#include "wire/binary.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = records::audit.version;
constexpr std::uint64_t count_max = 1'000'000'000;

}  // namespace

std::string encode(const AuditRecord& record) {
    wire::Encoder out;
    out.byte(version);
    out.uuid(record.id);
    out.signed_number(to_unix_ms(record.at));
    out.bytes(record.action);
    out.byte(record.actor ? 1 : 0);
    if (record.actor) {
        out.uuid(record.actor->uuid);
    }
    out.bytes(record.actor_name);
    out.bytes(record.subject);
    out.bytes(record.outcome);
    out.bytes(record.address);
    out.bytes(record.user_agent);
    out.bytes(record.request_id);
    out.number(static_cast<std::uint64_t>(record.count));
    return out.take();
}

template <>
std::optional<AuditRecord> decode<AuditRecord>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    AuditRecord record;
    record.id = in.uuid();
    record.at = from_unix_ms(in.signed_number());
    record.action = in.bytes();
    if (in.choice(0, 1) == 1) {
        record.actor = UserId{in.uuid()};
    }
    record.actor_name = in.bytes();
    record.subject = in.bytes();
    record.outcome = in.bytes();
    record.address = in.bytes();
    record.user_agent = in.bytes();
    record.request_id = in.bytes();
    const std::uint64_t count = in.number();
    if (count < 1 || count > count_max) {
        in.refuse();
    }
    record.count = static_cast<std::int64_t>(count);
    return in.finished() ? std::optional{std::move(record)} : std::nullopt;
}

}  // namespace loquat::contracts
