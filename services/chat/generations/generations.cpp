#include "services/chat/generations/generations.hpp"

#include "base/log.hpp"
#include "services/chat/generations/failures.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t starts_waiting_max = 100;

}  // namespace

Generations::Generations(Ports ports, const ChatConfig& config)
    : ports_(ports),
      config_(config),
      scope_(ports.loop, "chat.generations"),
      outcomes_(ports.broadcast, config.store_waiters_max),
      starts_(starts_waiting_max),
      archive_(ports.store, ports.open.lives, scope_, config.stream_cache_mib.bytes()),
      elsewhere_({ports.nodes, ports.store, ports.messages, ports.loop, scope_, config_}),
      turns_(ports.open.queue, ports.nodes, config.generations_waiting_max),
      publisher_(ports.broadcast),
      writer_({ports.journal, publisher_, scope_, ports.metrics,
               [this](const LivePtr& live) {
                   lifecycle_.end_early(live,
                                        {GenerationState::failed,
                                         GenerationError{"store.unavailable",
                                                         "The answer could not be written down."}});
               }}),
      context_(ports.messages, ports.chat.people, config_),
      runner_({ports.models, context_, writer_, scope_, ports.metrics}, config_),
      outbox_(ports.log, ports.store, pending_usage_),
      titles_({ports.chat.naming, ports.models, ports.messages, ports.log, ports.clock, scope_,
               ports.open.catalog, pending_usage_}),
      quota_(ports.ledger, pending_usage_, ports.open.lives, ports.clock,
             config.tokens_per_day_max),
      settlement_(
          {outbox_, pending_usage_, outcomes_, ports.ledger, ports.open, ports.loop, config_}),
      lifecycle_({ports.chat.cache, ports.store, ports.open, quota_, runner_, writer_, settlement_,
                  archive_, pending_usage_, publisher_, titles_, ports.metrics, ports.clock,
                  ports.loop, scope_}),
      requests_({ports.chat.cache, ports.chat.people, ports.chat.keys, ports.chat.posting,
                 ports.messages, ports.store, ports.open, turns_, starts_, quota_, writer_,
                 lifecycle_, ports.metrics, ports.clock, config_}),
      reader_({ports.chat.cache, ports.messages, ports.store, ports.open, archive_, elsewhere_,
               turns_, ports.rights}),
      cancellation_(
          {ports.chat.cache, ports.open.lives, reader_, lifecycle_, elsewhere_, ports.audit}),
      send_call_({ports.chat.cache, ports.chat.people, ports.chat.conversations, ports.chat.keys,
                  ports.messages, ports.store, ports.open, turns_, starts_, quota_, requests_,
                  elsewhere_, ports.rights, config_}),
      mentions_({ports.chat.cache, ports.store, starts_, requests_, ports.metrics, scope_}),
      recovery_({ports.store, ports.journal, ports.ledger, ports.log, ports.open.catalog,
                 pending_usage_, ports.metrics, ports.clock}),
      lease_(
          {ports.nodes, ports.open, lifecycle_, recovery_, settlement_, publisher_, ports.loop}) {}

Task<void> Generations::start() {
    co_await recovery_.count_unrecorded();
    if (lease_.is_shared()) {
        co_await lease_.join();
        scope_.start(lease_.keep_beating());
    } else {
        co_await recovery_.recover();
    }
    outcomes_.start();
    ports_.chat.events.add(*this);
    scope_.start(settlement_.keep_settling());
}

Task<void> Generations::stop(Steady deadline) {
    ports_.open.is_stopping = true;
    ports_.chat.events.remove(*this);
    outcomes_.stop();
    const auto now = [] { return std::chrono::steady_clock::now(); };
    if (now() < deadline) {
        for (const LivePtr& live : ports_.open.lives.all()) {
            lifecycle_.end_early(live, interrupted());
        }
    }
    while (ports_.open.lives.size() > 0 && now() < deadline) {
        co_await ports_.loop.sleep_for(std::chrono::milliseconds{5});
    }
    co_await scope_.close();
    co_await lease_.leave();
}

Task<contracts::Reply<contracts::StartedGeneration>> Generations::start_generation(
    contracts::Caller caller, contracts::StartGenerationRequest request) {
    return requests_.start_generation(std::move(caller), std::move(request));
}

Task<contracts::Page<contracts::Generation>> Generations::list_generations(
    contracts::Caller caller, contracts::ListGenerationsRequest request) {
    return reader_.list_generations(std::move(caller), std::move(request));
}

Task<contracts::Generation> Generations::get_generation(contracts::Caller caller,
                                                        contracts::GenerationRef request) {
    return reader_.get_generation(std::move(caller), std::move(request));
}

Task<contracts::FeedPtr<contracts::EventText>> Generations::stream_generation(
    contracts::Caller caller, contracts::StreamGenerationRequest request) {
    return reader_.stream_generation(std::move(caller), std::move(request));
}

Task<contracts::CanceledGeneration> Generations::cancel_generation(
    contracts::Caller caller, contracts::GenerationRef request) {
    return cancellation_.cancel_generation(std::move(caller), std::move(request));
}

Task<contracts::SentChat> Generations::send_chat(contracts::Caller caller,
                                                 contracts::SendChatRequest request) {
    return send_call_.send_chat(std::move(caller), std::move(request));
}

void Generations::on_chat_deleted(const ChatId& chat) { lifecycle_.on_chat_deleted(chat); }

void Generations::on_member_gone(const ChatId& chat, const UserId& user) {
    lifecycle_.on_member_gone(chat, user);
}

void Generations::on_assistant_off(const ChatId& chat) { lifecycle_.on_assistant_off(chat); }

void Generations::on_stored(const contracts::StoredEvent& event) {
    const contracts::StoredMessage& message = event.message;
    if (event.kind == contracts::OutcomeKind::deleted && !message.generation_id.empty()) {
        if (const auto id = GenerationId::parse(message.generation_id)) {
            archive_.on_deleted(*id);
        }
        return;
    }
    mentions_.on_stored(event);
}

}  // namespace loquat::chat
