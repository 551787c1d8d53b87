#pragma once
#include "contracts/chat/records.hpp"
#include "wire/binary.hpp"

// Parts that the binary forms of records, messages and events share.
namespace loquat::contracts {

void put(wire::Encoder& out, const Sender& sender);
Sender get_sender(wire::Decoder& in);
void put(wire::Encoder& out, const std::vector<UserId>& users);
std::vector<UserId> get_users(wire::Decoder& in);
void put(wire::Encoder& out, const std::optional<MessageId>& id);
std::optional<MessageId> get_message_id(wire::Decoder& in);
void put(wire::Encoder& out, const std::optional<Time>& time);
std::optional<Time> get_time(wire::Decoder& in);
void put(wire::Encoder& out, const StoredMessage& message);
StoredMessage get_message(wire::Decoder& in);

}  // namespace loquat::contracts
