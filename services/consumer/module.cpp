#include "services/consumer/module.hpp"

#include <algorithm>

#include "aio/scope.hpp"
#include "base/time_with_sleep.hpp"
#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/adapters/sql/sql_reader_shares.hpp"
#include "services/consumer/adapters/store_adapters.hpp"
#include "services/consumer/audit_inbox.hpp"
#include "services/consumer/consumer.hpp"
#include "services/consumer/ledger_loop.hpp"
#include "services/consumer/partitions.hpp"
#include "services/consumer/shared_reading.hpp"

namespace loquat::consumer {
namespace {

std::unique_ptr<SqlReaderShares> make_shares(runtime::Context& context) {
    return context.config<Config>().instances == runtime::HowMany::one
               ? nullptr
               : std::make_unique<SqlReaderShares>(context.stores().database(ledger_database()));
}

class ConsumerService final : public runtime::Service {
  public:
    explicit ConsumerService(runtime::Context& context)
        : context_(context),
          metrics_(context.metrics()),
          usage_metrics_(context.metrics(), "usage"),
          audit_metrics_(context.metrics(), "audit"),
          inbox_(context.stores().log()),
          dead_(context.stores().log(), context.clock()),
          shares_(make_shares(context)),
          lease_(shares_ ? ReaderLease{time_with_sleep} : ReaderLease{}),
          scope_(context.loop(), "consumer") {
        context.expose<contracts::AuditInboxApi>(inbox_, contracts::audit_operations());
        context.expose<contracts::DeadApi>(dead_, contracts::dead_operations());
        add_health("store", contracts::records::messages.topic);
        add_health("usage", contracts::records::usage.topic);
        add_health("audit", contracts::records::audit.topic);
    }

    Task<void> start() override {
        co_await make_loops();
        for (const auto& loop : loops_) {
            co_await loop->check_place();
        }
        if (shares_) {
            reading_ = std::make_unique<SharedReading>(
                SharedReading::Parts{*shares_, lease_, context_.loop()}, loops_);
            scope_.start(reading_->keep_beating());
            co_return;
        }
        for (const auto& loop : loops_) {
            scope_.start(loop->run());
        }
    }

    // What is logged but not stored is stored at the next start.
    Task<void> stop(Steady) override {
        co_await scope_.close();
        if (reading_) {
            co_await reading_->leave();
        }
    }

    Task<bool> is_at_rest() override {
        for (const auto& loop : loops_) {
            const bool is_caught_up = co_await loop->is_caught_up();
            if (!is_caught_up) {
                co_return false;
            }
        }
        co_return true;
    }

  private:
    void add_health(std::string name, std::string_view topic) {
        context_.health().add("consumer", std::move(name),
                              [&troubles = context_.stores().troubles(),
                               topic = std::string{topic}] { return troubles.find(topic); });
    }

    // One for each partition.
    Task<void> make_loops() {
        store::EventLog& log = context_.stores().log();
        const Config config = context_.config<Config>();
        const Clock& clock = context_.clock();
        store::TopicTroubles& troubles = context_.stores().troubles();
        using contracts::records::audit;
        using contracts::records::messages;
        using contracts::records::usage;
        auto& message_store = context_.stores().get<MessageStore>("messages");
        Config of_messages = config;
        of_messages.batch_bytes_max =
            std::min(config.batch_bytes_max, message_store.batch_bytes_max());
        for (const store::Partition& partition :
             co_await list_partitions(log, message_store, messages.topic)) {
            const Consumer::Parts parts{log,   message_store, context_.stores().broadcast(),
                                        clock, metrics_,      troubles,
                                        lease_};
            loops_.push_back(std::make_unique<Consumer>(parts, of_messages, partition.number));
        }
        auto& usage_store = context_.stores().get<UsageStore>("usage");
        for (const store::Partition& partition :
             co_await list_partitions(log, usage_store, usage.topic)) {
            using Loop = LedgerLoop<contracts::UsageRecord>;
            const Loop::Parts parts{log, usage_store, clock, usage_metrics_, troubles, lease_};
            loops_.push_back(std::make_unique<Loop>(
                parts, partition, contracts::decode<contracts::UsageRecord>, config));
        }
        auto& audit_store = context_.stores().get<AuditStore>("audit");
        for (const store::Partition& partition :
             co_await list_partitions(log, audit_store, audit.topic)) {
            using Loop = LedgerLoop<contracts::AuditRecord>;
            const Loop::Parts parts{log, audit_store, clock, audit_metrics_, troubles, lease_};
            loops_.push_back(std::make_unique<Loop>(
                parts, partition, contracts::decode<contracts::AuditRecord>, config));
        }
    }

    runtime::Context& context_;
    ConsumerMetrics metrics_;
    LedgerMetrics usage_metrics_;
    LedgerMetrics audit_metrics_;
    AuditInbox inbox_;
    DeadRecords dead_;
    std::unique_ptr<SqlReaderShares> shares_;  // where there are several instances
    ReaderLease lease_;
    std::vector<std::unique_ptr<TopicLoop>> loops_;
    std::unique_ptr<SharedReading> reading_;  // where there are several instances
    aio::Scope scope_;
};

void check_config(const runtime::Config& config, runtime::ConfigFindings& findings) {
    if (config.get<Config>("consumer").instances == runtime::HowMany::several) {
        runtime::check_several(config.get<runtime::StoreConfig>("store"), "consumer.instances",
                               {"sql", "log", "broadcast"}, findings);
    }
}

runtime::ConfigSection section() {
    return runtime::config_section<Config>("consumer", check_config);
}

std::vector<store::DatabaseNeed> databases() { return {message_database(), ledger_database()}; }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<ConsumerService>(context);
}

}  // namespace

const runtime::Module module{.name = "consumer",
                             .loop = "consumer",
                             .stores = runtime::StorePlace::shared,
                             .databases = &databases,
                             .adapters = &store_adapters,
                             .config = &section,
                             .make = &make};

}  // namespace loquat::consumer
