#include "services/chat/chat.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "contracts/events.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t unsaved_max = 200'000;
constexpr std::size_t changes_waiting_max = 1'000;
constexpr std::size_t typing_max = 50'000;

std::size_t to_size(std::int64_t value) { return static_cast<std::size_t>(value); }

}  // namespace

Chat::Chat(Ports ports, const ChatConfig& config)
    : ports_(ports),
      config_(config),
      unsaved_(ports.chats, unsaved_max),
      rooms_(ports.chats, unsaved_, to_size(config.members_cached_max)),
      changes_(changes_waiting_max),
      heads_(ports.messages, to_size(config.heads_cached_mib) << 20),
      deletions_(ports.messages, to_size(config.heads_cached_mib) << 18),
      people_(
          ports.loop, ports.directory, ports.clock,
          {std::chrono::milliseconds{config.names_fresh_ms}, to_size(config.people_cached_max)}),
      repeats_(to_size(config.repeats_cached_max)),
      began_at_(ports.clock.now()),
      outcomes_(ports.broadcast, to_size(config.store_waiters_max)),
      announcer_({ports.broadcast, rooms_, heads_, deletions_, people_, ports.messages,
                  ports.metrics, config.text_characters_max}),
      typing_(typing_max),
      scope_(ports.loop, "chat") {}

Task<void> Chat::recall_activity() {
    const Time newest = co_await ports_.chats.find_newest_activity();
    activity_.begin_after(newest);
}

void Chat::start() {
    outcomes_.start();
    auto on_stored_notice = [this](store::Notice notice, const store::Payload& payload) {
        on_notice(notice, payload);
    };
    stored_ = ports_.broadcast.subscribe(contracts::topics::chat_stored.name(),
                                         std::move(on_stored_notice));
    auto on_users_notice = [this](store::Notice notice, const store::Payload& payload) {
        on_users(notice, payload);
    };
    users_ = ports_.broadcast.subscribe(contracts::topics::auth_users.name(),
                                        std::move(on_users_notice));
    scope_.start(remove_people());
    scope_.start(announcer_.run());
    scope_.start(keep_saving());
}

Task<void> Chat::stop(Steady deadline) {
    outcomes_.stop();
    while (outcomes_.waiting() > 0 && std::chrono::steady_clock::now() < deadline) {
        co_await ports_.loop.sleep_for(std::chrono::milliseconds{5});
    }
    stored_.end();
    users_.end();
    announcer_.close();
    co_await scope_.close();
    co_await people_.close();
    co_await unsaved_.save();
}

void Chat::on_notice(store::Notice notice, const store::Payload& payload) {
    if (notice == store::Notice::lost) {
        heads_.clear();
        deletions_.clear();
        return;
    }
    if (const auto event = contracts::decode<contracts::StoredEvent>(*payload)) {
        on_stored(*event);
        if (answers_ != nullptr) {
            answers_->on_stored(*event);
        }
    }
}

// Everything that is kept of a conversation's messages follows from here.  The same event may come
// twice.
void Chat::on_stored(const contracts::StoredEvent& event) {
    heads_.on_stored(event);
    deletions_.on_stored(event);
    Room* room = rooms_.peek(event.message.chat);
    if (room != nullptr) {
        name_by_question(*room, event);
    }
    if (event.kind != contracts::OutcomeKind::stored) {
        return;
    }
    const contracts::StoredMessage& message = event.message;
    const Time place = activity_.place_of(message.created_at);
    unsaved_.note_activity(message.chat, place, room);
    if (room != nullptr) {
        room->chat.active_at = std::max(room->chat.active_at, place);
    }
    if (message.sender.kind != contracts::ParticipantKind::person) {
        return;
    }
    unsaved_.note_marker({message.chat, message.sender.id}, message.seq);
    if (MemberRecord* member = room != nullptr ? room->find(message.sender.id) : nullptr) {
        member->read_seq = std::max(member->read_seq, message.seq);
    }
}

Task<void> Chat::keep_saving() {
    Time keys_forgotten_at{};
    for (;;) {
        co_await ports_.loop.sleep_for(std::chrono::milliseconds{config_.progress_interval_ms});
        std::exception_ptr error;
        try {
            co_await unsaved_.save();
            const Time now = ports_.clock.now();
            if (now - keys_forgotten_at > std::chrono::minutes{10}) {
                co_await ports_.chats.forget_keys(now -
                                                  std::chrono::hours{config_.creation_key_hours});
                keys_forgotten_at = now;
                scope_.start(remove_people());
            }
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            const std::string what = aio::describe(error);
            log_warn({.service = "chat"}, "progress could not be written down", {{"error", what}});
        }
        measure_caches();
    }
}

void Chat::measure_caches() {
    const auto set = [](runtime::Gauge& gauge, std::size_t size) {
        gauge.set(static_cast<std::int64_t>(size));
    };
    set(ports_.metrics.rooms_cached, rooms_.size());
    set(ports_.metrics.people_cached, people_.size());
    set(ports_.metrics.heads_cached, heads_.size());
    set(ports_.metrics.repeats_cached, repeats_.size());
    set(ports_.metrics.typing_cached, typing_.size());
}

void Chat::audit(const Caller& caller, std::string_view action, ChatId chat,
                 std::optional<Uuid> subject) {
    std::string path = chat.to_string();
    if (subject) {
        path += '/' + subject->to_string();
    }
    ports_.audit.note(caller, {.action = action, .subject = std::move(path)});
}

Steady Chat::store_deadline(const Caller& caller) const {
    // The loop's timers run by this clock.
    const Steady latest =
        std::chrono::steady_clock::now() + std::chrono::milliseconds{config_.store_wait_ms};
    return std::min(latest, caller.deadline);
}

}  // namespace loquat::chat
