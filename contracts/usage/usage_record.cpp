#include "contracts/usage/usage_record.hpp"

#include "wire/binary.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = records::usage.version;

std::int64_t get_amount(wire::Decoder& in, std::int64_t most) {
    const std::uint64_t amount = in.number();
    if (amount > static_cast<std::uint64_t>(most)) {
        in.refuse();
        return 0;
    }
    return static_cast<std::int64_t>(amount);
}

}  // namespace

std::string encode(const UsageRecord& record) {
    wire::Encoder out;
    out.byte(version);
    out.uuid(record.user.uuid);
    out.uuid(record.chat.uuid);
    out.bytes(record.generation_id);
    out.byte(static_cast<std::uint8_t>(record.purpose));
    out.bytes(record.model);
    out.bytes(record.provider);
    out.number(static_cast<std::uint64_t>(record.input_tokens));
    out.number(static_cast<std::uint64_t>(record.output_tokens));
    out.byte(static_cast<std::uint8_t>(record.source));
    out.byte(static_cast<std::uint8_t>(record.state));
    out.byte(record.cost_micros ? 1 : 0);
    if (record.cost_micros) {
        out.number(static_cast<std::uint64_t>(*record.cost_micros));
    }
    out.signed_number(to_unix_ms(record.at));
    return out.take();
}

template <>
std::optional<UsageRecord> decode<UsageRecord>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    UsageRecord record;
    record.user = UserId{in.uuid()};
    record.chat = ChatId{in.uuid()};
    record.generation_id = in.bytes();
    record.purpose = static_cast<UsagePurpose>(in.choice(0, 1));
    record.model = in.bytes();
    record.provider = in.bytes();
    record.input_tokens = get_amount(in, usage_tokens_max);
    record.output_tokens = get_amount(in, usage_tokens_max);
    record.source = static_cast<UsageSource>(in.choice(0, 2));
    record.state = static_cast<UsageState>(in.choice(0, 2));
    if (in.choice(0, 1) == 1) {
        record.cost_micros = get_amount(in, usage_cost_max);
    }
    record.at = from_unix_ms(in.signed_number());
    return in.finished() ? std::optional{std::move(record)} : std::nullopt;
}

}  // namespace loquat::contracts
