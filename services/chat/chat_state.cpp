#include "services/chat/chat_state.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t unsaved_max = 200'000;
constexpr std::size_t changes_waiting_max = 1'000;

std::optional<SharedConversations> sharing(const ChatPorts& ports, const ChatConfig& config) {
    if (config.instances == Instances::one) {
        return std::nullopt;
    }
    return SharedConversations{config.conversation_age_max_ms, ports.time_with_sleep};
}

}  // namespace

ChatState::ChatState(ChatPorts given, const ChatConfig& chosen)
    : ports(given),
      config(chosen),
      unsaved(ports.chats, unsaved_max),
      cache(ports.chats, unsaved, config.members_cached_max, sharing(ports, config)),
      mutex(changes_waiting_max),
      heads(ports.messages, config.heads_cached_mib.bytes()),
      deletions(ports.messages, config.heads_cached_mib.bytes() / 4),
      people(ports.loop, ports.directory, ports.clock,
             {config.names_fresh_ms, config.people_cached_max}),
      outcomes(ports.broadcast, config.store_waiters_max),
      book(open_book()),
      publisher({ports.broadcast, cache, heads, deletions, people, ports.messages, ports.metrics,
                 config.text_characters_max}),
      scope(ports.loop, "chat") {}

ConversationBook& ChatState::open_book() {
    if (config.instances == Instances::one) {
        return only.emplace(ports.chats, cache);
    }
    return several.emplace(OneOfSeveral::Parts{ports.chats, cache, heads, deletions, events,
                                               ports.broadcast, ports.rights, ports.loop},
                           config.conversation_age_max_ms);
}

}  // namespace loquat::chat
