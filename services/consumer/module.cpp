#include "services/consumer/module.hpp"

#include "aio/scope.hpp"
#include "runtime/context.hpp"
#include "services/consumer/consumer.hpp"

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
          consumer_({context.log(), context.messages(), context.broadcast(), context.clock(), metrics_},
                    context.config<Config>()),
          scope_(context.loop(), "consumer") {
        context.health().add("consumer", "store", [this] { return consumer_.trouble(); });
        context.health().add("consumer", "log", [&log = context.log()] { return log_trouble(log); });
    }

    Task<void> start() override {
        scope_.start(consumer_.run());
        co_return;
    }

    // What is logged but not stored is stored at the next start.
    Task<void> stop(Steady) override { co_await scope_.close(); }

  private:
    ConsumerMetrics metrics_;
    Consumer consumer_;
    aio::Scope scope_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("consumer"); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<ConsumerService>(context);
}

}  // namespace

const runtime::Module module{
    .name = "consumer", .loop = "consumer", .config = &section, .make = &make};

}  // namespace loquat::consumer
