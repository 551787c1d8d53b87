#pragma once
#include "store/codec.hpp"
#include "store/messages/message_store.hpp"

// Parts that the binary forms of records, messages and events share.
namespace loquat::store {

void put(Encoder& out, const Sender& sender);
Sender get_sender(Decoder& in);
void put(Encoder& out, const std::vector<UserId>& users);
std::vector<UserId> get_users(Decoder& in);
void put(Encoder& out, const std::optional<MessageId>& id);
std::optional<MessageId> get_message_id(Decoder& in);
void put(Encoder& out, const std::optional<Time>& time);
std::optional<Time> get_time(Decoder& in);
void put(Encoder& out, const StoredMessage& message);
StoredMessage get_message(Decoder& in);

}  // namespace loquat::store
