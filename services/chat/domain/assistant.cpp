#include "services/chat/domain/assistant.hpp"

#include <algorithm>

#include "services/chat/domain/mentions.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t mentions_looked_at = 1'000;

bool is_assistant(std::string name) {
    do {
        if (name == assistant_username) {
            return true;
        }
    } while (shorten_mention(name));
    return false;
}

}  // namespace

bool may_be_asked(ChatKind kind, const std::optional<AssistantSettings>& settings) {
    switch (kind) {
        case ChatKind::direct:
            return false;
        case ChatKind::group:
            return settings && settings->enabled.value_or(true);
        case ChatKind::assistant:
            return !settings || settings->enabled.value_or(true);
    }
    return false;
}

bool mentions_assistant(std::string_view text) {
    return std::ranges::any_of(find_mentions(text, mentions_looked_at), is_assistant);
}

}  // namespace loquat::chat
