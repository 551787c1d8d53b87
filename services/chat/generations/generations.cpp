#include "services/chat/generations/generations.hpp"

#include "base/log.hpp"
#include "services/chat/generations/failures.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t starts_waiting_max = 100;

std::size_t to_size(std::int64_t value) { return static_cast<std::size_t>(value); }

}  // namespace

Generations::Generations(Ports ports, const ChatConfig& config)
    : ports_(ports),
      config_(config),
      scope_(ports.loop, "chat.generations"),
      outcomes_(ports.broadcast, to_size(config.store_waiters_max)),
      starts_(starts_waiting_max),
      ended_logs_(to_size(config.stream_cache_mib) << 20),
      teller_(ports.broadcast),
      writer_({ports.journal, teller_, scope_, ports.metrics,
               [this](const LivePtr& live) {
                   end_early(live, {GenerationState::failed,
                                    GenerationError{"store.unavailable",
                                                    "The answer could not be written down."}});
               }}),
      context_(ports.messages, ports.chat.people, config_),
      runner_({ports.models, context_, writer_, scope_, ports.metrics}, config_),
      settler_(ports.log, ports.store, spent_),
      titles_({ports.chat.naming, ports.models, ports.messages, ports.log, ports.clock, scope_,
               ports.open.catalog, spent_}) {}

Task<void> Generations::start() {
    co_await count_unrecorded();
    co_await recover();
    outcomes_.start();
    ports_.chat.events.add(*this);
    scope_.start(keep_settling());
}

Task<void> Generations::stop(Steady deadline) {
    is_stopping_ = true;
    ports_.chat.events.remove(*this);
    outcomes_.stop();
    const auto now = [] { return std::chrono::steady_clock::now(); };
    if (now() < deadline) {
        for (const LivePtr& live : ports_.open.lives.all()) {
            end_early(live, interrupted());
        }
    }
    while (ports_.open.lives.size() > 0 && now() < deadline) {
        co_await ports_.loop.sleep_for(std::chrono::milliseconds{5});
    }
    co_await scope_.close();
}

}  // namespace loquat::chat
