#include "services/realtime/stomp/session.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime {

using net::stomp::Command;

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

struct ReadBody {
    std::int64_t seq = 0;
    static constexpr std::array fields{wire::Field{"seq", 0}};
};
BOOST_DESCRIBE_STRUCT(ReadBody, (), (seq))

enum class Looking { online, away };
BOOST_DESCRIBE_ENUM(Looking, online, away)

struct PresenceBody {
    Looking state = Looking::online;
};
BOOST_DESCRIBE_STRUCT(PresenceBody, (), (state))

constexpr std::size_t run_max = 64;  // of what contracts::AcceptMessagesRequest takes

Failure to_failure(const contracts::RefusedMessage& refused) {
    return {kind_of_status(refused.status).value_or(Kind::unavailable), refused.code,
            refused.message};
}

Failure missing(const char* header) {
    return Failure{Kind::malformed, "stomp.missing_header",
                   std::string{"The frame needs the header "} + header + "."};
}

}  // namespace

Task<void> Session::send(Frame frame) {
    const auto destination = frame.find("destination");
    if (!destination) {
        throw missing("destination");
    }
    const ActionTarget target = parse_action(*destination);
    switch (target.action) {
        case Action::message:
            co_await send_message(target.chat, std::move(frame.body));
            break;
        case Action::typing:
            co_await parts_.edge.chat.post_typing(identity_, target.chat);
            break;
        case Action::read: {
            const auto body = wire::from_json<ReadBody>(frame.body);
            co_await parts_.edge.chat.put_read(identity_, target.chat, body.seq);
            break;
        }
        case Action::refresh_token:
            co_await refresh_token(std::move(frame.body));
            break;
        case Action::presence:
            set_presence(frame.body);
            break;
    }
}

contracts::PostMessageRequest Session::read_message(ChatId chat, std::string_view body) {
    const wire::Value value = wire::parse(body);
    auto message = wire::decode<MessageBody>(value);
    const ChatId to = chat.is_nil() ? wire::decode<ChatBody>(value).chat_id : chat;
    return {to, std::move(message.client_id), std::move(message.text), message.reply_to};
}

Task<void> Session::send_message(ChatId chat, std::string body) {
    std::vector<contracts::PostMessageRequest> one{read_message(chat, body)};
    const auto answer = co_await parts_.edge.chat.accept_messages(
        identity_, std::move(one), contracts::AcceptMode::up_to_refused);
    if (answer.refused) {
        throw to_failure(*answer.refused);
    }
}

std::optional<contracts::PostMessageRequest> Session::find_message(const Frame& frame) {
    const auto destination = frame.find("destination");
    if (frame.command != Command::send || !destination || frame.find("transaction")) {
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

// Messages that came one behind the other travel together: one wait for all, receipts in their
// order.
Task<void> Session::send_run(Frame first, contracts::PostMessageRequest message) {
    std::vector<Frame> frames;
    std::vector<contracts::PostMessageRequest> messages;
    frames.push_back(std::move(first));
    messages.push_back(std::move(message));
    while (inbox_ && !inbox_->empty() && messages.size() < run_max) {
        auto next = find_message(inbox_->front());
        if (!next) {
            break;
        }
        messages.push_back(std::move(*next));
        inbox_bytes_ -= inbox_->front().bytes() + sizeof(Frame);
        frames.push_back(std::move(inbox_->front()));
        inbox_->pop_front();
    }
    std::optional<Failure> failed;
    contracts::AcceptedMessages answer;
    try {
        answer = co_await parts_.edge.chat.accept_messages(identity_, std::move(messages),
                                                           contracts::AcceptMode::up_to_refused);
    } catch (...) {
        failed = failure_of(std::current_exception());
    }
    const auto accepted = static_cast<std::size_t>(answer.accepted);
    for (std::size_t i = 0; i < accepted && !ended_; ++i) {
        answer_receipt(frames[i]);
    }
    if (answer.refused) {
        failed = to_failure(*answer.refused);
    }
    if (failed) {
        for (std::size_t i = accepted; i < frames.size() && !ended_; ++i) {
            fail(*failed, frames[i]);
        }
    }
}

void Session::set_presence(std::string_view body) {
    const bool away = wire::from_json<PresenceBody>(body).state == Looking::away;
    if (std::exchange(away_, away) != away) {
        parts_.people.note_presence(identity_.user);
    }
}

void Session::begin_transaction(const Frame& frame) {
    const auto name = frame.find("transaction");
    if (!name) {
        throw missing("transaction");
    }
    if (!transactions_) {
        transactions_ = std::make_unique<Transactions>();
    }
    if (transactions_->contains(*name)) {
        throw Failure{Kind::conflict, "stomp.transaction_exists",
                      "This transaction has been begun already."};
    }
    if (transactions_->size() >= static_cast<std::size_t>(parts_.edge.config.transactions_max)) {
        throw Failure{Kind::limited, "stomp.transaction_limit", "Too many transactions are open."};
    }
    transactions_->emplace(std::string{*name}, Transaction{});
}

Session::Transactions::iterator Session::find_transaction(const Frame& frame) {
    const auto name = frame.find("transaction");
    if (!name) {
        throw missing("transaction");
    }
    if (transactions_) {
        if (const auto found = transactions_->find(*name); found != transactions_->end()) {
            return found;
        }
    }
    throw Failure{Kind::not_found, "stomp.unknown_transaction", "Begin the transaction first."};
}

void Session::abort_transaction(const Frame& frame) {
    const auto found = find_transaction(frame);
    transactions_->erase(found);
}

// True when the frame belongs to an open transaction and is held until COMMIT.
bool Session::defer_to_transaction(Frame& frame) {
    const bool may = frame.command == Command::send || frame.command == Command::ack ||
                     frame.command == Command::nack;
    if (!may || !frame.find("transaction")) {
        return false;
    }
    Transaction& transaction = find_transaction(frame)->second;
    transaction.bytes += frame.bytes();
    if (transaction.frames.size() >=
            static_cast<std::size_t>(parts_.edge.config.transaction_frames_max) ||
        transaction.bytes > static_cast<std::size_t>(parts_.edge.config.inbox_bytes_max)) {
        throw Failure{Kind::limited, "stomp.transaction_limit", "The transaction is too large."};
    }
    transaction.frames.push_back(frame);
    return true;
}

// All that can be said of the frames before anything is done.
std::vector<contracts::PostMessageRequest> Session::judge(const Transaction& transaction) const {
    std::vector<contracts::PostMessageRequest> messages;
    for (const Frame& held : transaction.frames) {
        if (held.command != Command::send) {
            check_acknowledged(held);
            continue;
        }
        const auto destination = held.find("destination");
        if (!destination) {
            throw missing("destination");
        }
        const ActionTarget target = parse_action(*destination);
        if (target.action != Action::message) {
            throw Failure{Kind::malformed, "stomp.not_transactional",
                          "A transaction takes messages, ACK and NACK only."};
        }
        messages.push_back(read_message(target.chat, held.body));
    }
    return messages;
}

// The messages travel as one append, all or none.  Receipts of the frames wait for it: they promise
// the same as without a transaction.
Task<void> Session::commit(Frame frame) {
    const auto found = find_transaction(frame);
    const Transaction transaction = std::move(found->second);
    transactions_->erase(found);
    std::vector<contracts::PostMessageRequest> messages = judge(transaction);
    if (!messages.empty()) {
        const auto answer = co_await parts_.edge.chat.accept_messages(
            identity_, std::move(messages), contracts::AcceptMode::all_or_none);
        if (answer.refused) {
            throw to_failure(*answer.refused);
        }
    }
    if (ended_) {
        co_return;
    }
    for (const Frame& held : transaction.frames) {
        if (held.command != Command::send) {
            acknowledge(held);
        }
        answer_receipt(held);
    }
}

}  // namespace loquat::realtime
