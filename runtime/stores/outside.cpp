#include "runtime/stores/outside.hpp"

#include <array>

#include "contracts/audit/audit_record.hpp"
#include "contracts/usage/usage_record.hpp"
#include "wire/json.hpp"

namespace loquat::runtime {
namespace {

using contracts::AuditRecord;
using contracts::UsageRecord;

constexpr std::array<std::string_view, 3> sources{"provider", "partial", "counted"};
constexpr std::array<std::string_view, 3> states{"succeeded", "failed", "canceled"};
constexpr std::array<std::string_view, 2> purposes{"answer", "title"};

template <class Enum, std::size_t count>
std::string_view name_in(const std::array<std::string_view, count>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

wire::Value value_of(const UsageRecord& record) {
    return wire::Object{
        {"user", record.user.to_string()},
        {"chat", record.chat.to_string()},
        {"generation_id", record.generation_id},
        {"purpose", name_in(purposes, record.purpose)},
        {"model", record.model},
        {"provider", record.provider},
        {"input_tokens", record.input_tokens},
        {"output_tokens", record.output_tokens},
        {"source", name_in(sources, record.source)},
        {"state", name_in(states, record.state)},
        {"cost_micros", record.cost_micros ? wire::Value{*record.cost_micros} : wire::Value{}},
        {"at", to_rfc3339(record.at)}};
}

wire::Value value_of(const AuditRecord& record) {
    return wire::Object{
        {"id", record.id.to_string()},
        {"at", to_rfc3339(record.at)},
        {"action", record.action},
        {"actor", record.actor ? wire::Value{record.actor->to_string()} : wire::Value{}},
        {"actor_name", record.actor_name},
        {"subject", record.subject},
        {"outcome", record.outcome},
        {"address", record.address},
        {"user_agent", record.user_agent},
        {"request_id", record.request_id},
        {"count", record.count}};
}

// What cannot be read is handed on as an empty object: it is no reason to lose the record.
template <class Record>
std::string in_json(std::string_view payload) {
    const auto record = contracts::decode<Record>(payload);
    return record ? wire::to_json(value_of(*record)) : "{}";
}

}  // namespace

store::OutsideTopics topics_outside() {
    using namespace contracts::records;
    return {{std::string{usage.topic}, {"usage_event", &in_json<UsageRecord>}},
            {std::string{audit.topic}, {"audit_event", &in_json<AuditRecord>}}};
}

}  // namespace loquat::runtime
