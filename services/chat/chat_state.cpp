#include "services/chat/chat_state.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t unsaved_max = 200'000;
constexpr std::size_t changes_waiting_max = 1'000;

std::size_t to_size(std::int64_t value) { return static_cast<std::size_t>(value); }

}  // namespace

ChatState::ChatState(ChatPorts given, const ChatConfig& chosen)
    : ports(given),
      config(chosen),
      unsaved(ports.chats, unsaved_max),
      cache(ports.chats, unsaved, to_size(config.members_cached_max)),
      mutex(changes_waiting_max),
      heads(ports.messages, to_size(config.heads_cached_mib) << 20),
      deletions(ports.messages, to_size(config.heads_cached_mib) << 18),
      people(ports.loop, ports.directory, ports.clock,
             {std::chrono::milliseconds{config.names_fresh_ms}, to_size(config.people_cached_max)}),
      outcomes(ports.broadcast, to_size(config.store_waiters_max)),
      announcer({ports.broadcast, cache, heads, deletions, people, ports.messages, ports.metrics,
                 config.text_characters_max}),
      scope(ports.loop, "chat") {}

}  // namespace loquat::chat
