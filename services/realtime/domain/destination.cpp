#include "services/realtime/domain/destination.hpp"

#include "base/cut.hpp"
#include "base/failure.hpp"

namespace loquat::realtime {
namespace {

Failure unknown(std::string_view destination) {
    return Failure{Kind::not_found, "stomp.unknown_destination",
                   "There is no destination " + std::string{cut_text(destination, 200)} + "."};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

}  // namespace

ChatId parse_chat_id(std::string_view text) {
    const auto id = ChatId::parse(text);
    if (!id) {
        throw Failure{Kind::not_found, "chat.not_found", "There is no such conversation."};
    }
    return *id;
}

FeedTarget parse_feed(std::string_view destination) {
    std::string_view rest = destination;
    if (take_prefix(rest, "/topic/chats/") || take_prefix(rest, "/topic/chat.room.")) {
        return {Feed::room, parse_chat_id(rest)};
    }
    if (destination == "/user/queue/chats") {
        return {Feed::chats, {}};
    }
    if (destination == "/user/queue/presence") {
        return {Feed::presence, {}};
    }
    if (destination == "/user/queue/session") {
        return {Feed::session, {}};
    }
    throw unknown(destination);
}

ActionTarget parse_action(std::string_view destination) {
    if (destination == "/app/chat") {
        return {Action::message, {}};
    }
    if (destination == "/app/auth.refresh") {
        return {Action::refresh_token, {}};
    }
    if (destination == "/app/presence") {
        return {Action::presence, {}};
    }
    std::string_view rest = destination;
    if (!take_prefix(rest, "/app/chats/")) {
        throw unknown(destination);
    }
    const std::size_t slash = rest.find('/');
    const std::string_view verb = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    if (verb == "messages") {
        return {Action::message, parse_chat_id(rest.substr(0, slash))};
    }
    if (verb == "typing") {
        return {Action::typing, parse_chat_id(rest.substr(0, slash))};
    }
    if (verb == "read") {
        return {Action::read, parse_chat_id(rest.substr(0, slash))};
    }
    throw unknown(destination);
}

}  // namespace loquat::realtime
