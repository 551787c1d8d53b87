#include "services/chat/chat_state.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t unsaved_max = 200'000;
constexpr std::size_t changes_waiting_max = 1'000;

}  // namespace

ChatState::ChatState(ChatPorts given, const ChatConfig& chosen)
    : ports(given),
      config(chosen),
      unsaved(ports.chats, unsaved_max),
      cache(ports.chats, unsaved, config.members_cached_max),
      mutex(changes_waiting_max),
      heads(ports.messages, config.heads_cached_mib.bytes()),
      deletions(ports.messages, config.heads_cached_mib.bytes() / 4),
      people(ports.loop, ports.directory, ports.clock,
             {config.names_fresh_ms, config.people_cached_max}),
      outcomes(ports.broadcast, config.store_waiters_max),
      publisher({ports.broadcast, cache, heads, deletions, people, ports.messages, ports.metrics,
                 config.text_characters_max}),
      scope(ports.loop, "chat") {}

}  // namespace loquat::chat
