#pragma once
#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "contracts/audit/audit.hpp"
#include "contracts/audit/audit_record.hpp"
#include "store/log/event_log.hpp"

namespace loquat::consumer {

// Takes audit records of services in other processes into the log that this one reads.
class AuditInbox final : public contracts::AuditInboxApi {
  public:
    explicit AuditInbox(store::EventLog& log) : log_(log) {}

    Task<void> append_audit(contracts::Caller, contracts::AuditBatch request) override {
        std::vector<store::KeyedPayload> payloads;
        for (const std::string& text : request.records) {
            auto bytes = from_base64(text);
            const auto record =
                bytes ? contracts::decode<contracts::AuditRecord>(*bytes) : std::nullopt;
            if (!record) {
                throw invalid_field("records", "unreadable", "must be audit records in base64");
            }
            payloads.push_back({record->action, std::move(*bytes)});
        }
        co_await log_.append_all(std::string{contracts::records::audit.topic}, std::move(payloads));
    }

  private:
    store::EventLog& log_;
};

}  // namespace loquat::consumer
