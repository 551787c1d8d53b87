#include "runtime/rights/audit_sink.hpp"

#include "base/bytes.hpp"
#include "contracts/audit/audit.hpp"
#include "runtime/context.hpp"
#include "runtime/stores.hpp"

namespace loquat::runtime {
namespace {

using contracts::AuditInboxApi;

class LogSink final : public AuditSink {
  public:
    explicit LogSink(store::EventLog& log) : log_(log) {}

    Task<void> append(std::vector<contracts::AuditRecord> records) override {
        std::vector<store::KeyedPayload> payloads;
        for (const contracts::AuditRecord& record : records) {
            payloads.push_back({record.action, contracts::encode(record)});
        }
        co_await log_.append_all(std::string{contracts::records::audit.topic}, std::move(payloads));
    }

  private:
    store::EventLog& log_;
};

class InboxSink final : public AuditSink {
  public:
    explicit InboxSink(contracts::Client<AuditInboxApi> inbox) : inbox_(std::move(inbox)) {}

    Task<void> append(std::vector<contracts::AuditRecord> records) override {
        contracts::AuditBatch batch;
        for (const contracts::AuditRecord& record : records) {
            batch.records.push_back(to_base64(contracts::encode(record)));
        }
        co_await inbox_.call<&AuditInboxApi::append_audit>(contracts::Caller{}, std::move(batch));
    }

  private:
    contracts::Client<AuditInboxApi> inbox_;
};

}  // namespace

std::unique_ptr<AuditSink> make_audit_sink(store::EventLog& log) {
    return std::make_unique<LogSink>(log);
}

std::unique_ptr<AuditSink> make_audit_sink(const Context& context) {
    if (context.is_hosted("consumer")) {
        return make_audit_sink(context.stores().log());
    }
    return std::make_unique<InboxSink>(context.client<AuditInboxApi>());
}

}  // namespace loquat::runtime
