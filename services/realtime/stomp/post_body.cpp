#include "services/realtime/stomp/post_body.hpp"

#include "services/realtime/domain/destination.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime {

namespace {

struct ChatBody {
    ChatId chat_id;
};
BOOST_DESCRIBE_STRUCT(ChatBody, (), (chat_id))

struct MessageBody {
    std::string client_id;
    std::string text;
    std::optional<MessageId> reply_to;
    static constexpr std::array fields{wire::Field{"client_id", 1, 64, ""}};
};
BOOST_DESCRIBE_STRUCT(MessageBody, (), (client_id, text, reply_to))

}  // namespace

contracts::PostMessageRequest read_message(ChatId chat, std::string_view body) {
    const wire::Value value = wire::parse(body);
    auto message = wire::decode<MessageBody>(value);
    const ChatId to = chat.is_nil() ? wire::decode<ChatBody>(value).chat_id : chat;
    return {to, std::move(message.client_id), std::move(message.text), message.reply_to};
}

std::optional<contracts::PostMessageRequest> find_message(const net::stomp::Frame& frame) {
    const auto destination = frame.find("destination");
    if (frame.command != net::stomp::Command::send || !destination || frame.find("transaction")) {
        return std::nullopt;
    }
    try {
        const ActionTarget target = parse_action(*destination);
        return target.action == Action::message
                   ? std::optional{read_message(target.chat, frame.body)}
                   : std::nullopt;
    } catch (const Failure&) {
        return std::nullopt;  // its turn comes, and its answer
    }
}

Failure to_failure(const contracts::RefusedMessage& refused) {
    return {kind_of_status(refused.status).value_or(Kind::unavailable), refused.code,
            refused.message};
}

Failure missing_header(const char* name) {
    return Failure{Kind::malformed, "stomp.missing_header",
                   std::string{"The frame needs the header "} + name + "."};
}

}  // namespace loquat::realtime
