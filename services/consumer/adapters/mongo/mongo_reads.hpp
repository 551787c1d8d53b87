#pragma once
#include "services/consumer/adapters/mongo/mongo_documents.hpp"

// What is read of messages at MongoDB.  Each call blocks.
namespace loquat::consumer {

std::optional<KeptMessage> read_message(store::MongoConnection& connection,
                                        const store::Document& filter);
store::Document with_client_id(const ChatId& chat, const UserId& sender,
                               const std::string& client_id);

// 0 for a chat without messages.
std::int64_t read_last_seq(store::MongoConnection& connection, const ChatId& chat);
store::Page read_page(store::MongoConnection& connection, const store::PageQuery& query);
std::vector<store::Head> read_heads(store::MongoConnection& connection,
                                    const std::vector<ChatId>& chats);
std::vector<std::int64_t> read_deleted(store::MongoConnection& connection, const ChatId& chat);
std::vector<std::int64_t> read_mentions(store::MongoConnection& connection,
                                        const store::MentionQuery& query);
store::Scanned read_sender(store::MongoConnection& connection, const UserId& sender,
                           const store::ScanPlace& after);

}  // namespace loquat::consumer
