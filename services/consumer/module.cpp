#include "services/consumer/module.hpp"

#include "aio/scope.hpp"
#include "runtime/context.hpp"
#include "services/consumer/audit_inbox.hpp"
#include "services/consumer/consumer.hpp"
#include "services/consumer/ledger_loop.hpp"

namespace loquat::consumer {
namespace {

std::optional<std::string> log_trouble(const store::EventLog& log) {
    switch (log.state()) {
        case store::LogState::full:
            return "the disk is full";
        case store::LogState::broken:
            return "the log is damaged";
        case store::LogState::ready:
            break;
    }
    return std::nullopt;
}

class ConsumerService final : public runtime::Service {
  public:
    explicit ConsumerService(runtime::Context& context)
        : metrics_(context.metrics()),
          usage_metrics_(context.metrics(), "usage"),
          audit_metrics_(context.metrics(), "audit"),
          consumer_({context.log(), context.messages(), context.broadcast(), context.clock(),
                     metrics_, context.troubles()},
                    context.config<Config>()),
          usage_(
              {context.log(), context.usage(), context.clock(), usage_metrics_, context.troubles()},
              contracts::records::usage.topic, contracts::decode<contracts::UsageRecord>,
              context.config<Config>()),
          audit_(
              {context.log(), context.audit(), context.clock(), audit_metrics_, context.troubles()},
              contracts::records::audit.topic, contracts::decode<contracts::AuditRecord>,
              context.config<Config>()),
          inbox_(context.log()),
          scope_(context.loop(), "consumer") {
        context.expose<contracts::AuditInboxApi>(inbox_, contracts::audit_operations());
        context.health().add("consumer", "store", [this] { return consumer_.trouble(); });
        context.health().add("consumer", "usage", [this] { return usage_.trouble(); });
        context.health().add("consumer", "audit", [this] { return audit_.trouble(); });
        context.health().add("consumer", "log",
                             [&log = context.log()] { return log_trouble(log); });
    }

    Task<void> start() override {
        co_await consumer_.check_place();
        co_await usage_.check_place();
        co_await audit_.check_place();
        scope_.start(consumer_.run());
        scope_.start(usage_.run());
        scope_.start(audit_.run());
        co_return;
    }

    // What is logged but not stored is stored at the next start.
    Task<void> stop(Steady) override { co_await scope_.close(); }

  private:
    ConsumerMetrics metrics_;
    LedgerMetrics usage_metrics_;
    LedgerMetrics audit_metrics_;
    Consumer consumer_;
    LedgerLoop<contracts::UsageRecord> usage_;
    LedgerLoop<contracts::AuditRecord> audit_;
    AuditInbox inbox_;
    aio::Scope scope_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("consumer"); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<ConsumerService>(context);
}

}  // namespace

const runtime::Module module{.name = "consumer",
                             .loop = "consumer",
                             .stores = runtime::Stores::shared,
                             .config = &section,
                             .make = &make};

}  // namespace loquat::consumer
