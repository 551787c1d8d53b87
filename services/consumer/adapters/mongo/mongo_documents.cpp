#include "services/consumer/adapters/mongo/mongo_documents.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/failure.hpp"
#include "store/mongo/failure.hpp"

namespace loquat::consumer {
namespace {

using store::Document;
using Uuids = Document::Value::Uuids;

// A reading that came between a change and the next one looks again.
constexpr int looks_max = 5;

std::vector<Uuid> uuids_of(const std::vector<UserId>& users) {
    std::vector<Uuid> uuids;
    uuids.reserve(users.size());
    for (const UserId& user : users) {
        uuids.push_back(user.uuid);
    }
    return uuids;
}

std::vector<UserId> users_of(const Document& document) {
    std::vector<UserId> users;
    for (const Uuid& uuid : document.uuids("mentions")) {
        users.push_back(UserId{uuid});
    }
    return users;
}

void set_mentions(Document& document, const std::vector<UserId>& mentions) {
    if (!mentions.empty()) {
        const std::vector<Uuid> uuids = uuids_of(mentions);
        document.set("mentions", Uuids{uuids});
    }
}

KeptMessage kept_of(const Document& document) {
    KeptMessage kept;
    kept.sent_sum = document.integer("sent_sum");
    contracts::StoredMessage& message = kept.message;
    message.id = document.id<struct MessageTag>("_id");
    message.chat = document.id<struct ChatTag>("chat");
    message.seq = document.integer("seq");
    message.sender.id = document.id<struct UserTag>("sender");
    message.sender.kind = static_cast<contracts::ParticipantKind>(document.integer("sender_kind"));
    message.sender.username = document.text("username");
    message.sender.display_name = document.text("display_name");
    message.client_id = document.text("client_id");
    message.text = document.text("text");
    if (const auto reply_to = document.find_uuid("reply_to")) {
        message.reply_to = MessageId{*reply_to};
    }
    message.mentions = users_of(document);
    message.generation_id = document.find_text("generation_id").value_or("");
    message.created_at = document.time("created_at");
    return kept;
}

void apply_change(KeptMessage& kept, const Document& change) {
    kept.message.text = change.text("text");
    kept.message.mentions = users_of(change);
    kept.message.edited_at = change.find_time("edited_at");
    kept.message.deleted_at = change.find_time("deleted_at");
}

// The last one of each message.
std::unordered_map<Uuid, Document> last_changes(store::MongoConnection& connection,
                                                const std::vector<Uuid>& messages) {
    std::unordered_map<Uuid, Document> last;
    const Document any_of{{"$in", Uuids{messages}}};
    const std::vector<Document> found = connection.find({.collection = changes_name,
                                                         .filter = {{"message", any_of}},
                                                         .order = {{"message", 1}, {"rev", 1}}});
    for (const Document& change : found) {
        last.insert_or_assign(change.uuid("message"), change);
    }
    return last;
}

bool is_whole(const std::unordered_map<Uuid, Document>& last, const std::vector<Uuid>& messages) {
    return last.size() == messages.size() && std::ranges::none_of(last, [](const auto& entry) {
               return entry.second.flag("superseded");
           });
}

}  // namespace

Document document_of(const KeptMessage& kept) {
    const contracts::StoredMessage& message = kept.message;
    Document document{{"_id", message.id},
                      {"chat", message.chat},
                      {"seq", message.seq},
                      {"sender", message.sender.id},
                      {"sender_kind", static_cast<int>(message.sender.kind)},
                      {"username", message.sender.username},
                      {"display_name", message.sender.display_name},
                      {"client_id", message.client_id},
                      {"text", message.text},
                      {"created_at", message.created_at},
                      {"sent_sum", kept.sent_sum}};
    if (message.reply_to) {
        document.set("reply_to", *message.reply_to);
    }
    if (!message.generation_id.empty()) {
        document.set("generation_id", message.generation_id);
    }
    set_mentions(document, message.mentions);
    return document;
}

Document document_of(const contracts::StoredMessage& changed, const std::string& rev) {
    Document document{{"_id", changed.id.to_string() + "/" + rev},
                      {"message", changed.id},
                      {"rev", rev},
                      {"chat", changed.chat},
                      {"seq", changed.seq},
                      {"text", changed.text}};
    if (changed.edited_at) {
        document.set("edited_at", *changed.edited_at);
    }
    if (changed.deleted_at) {
        document.set("deleted_at", *changed.deleted_at);
        document.set("deleted", true);
    }
    set_mentions(document, changed.mentions);
    return document;
}

bool is_same(const Document& a, const Document& b) {
    return a.uuid("chat") == b.uuid("chat") && a.integer("seq") == b.integer("seq") &&
           a.find_uuid("sender") == b.find_uuid("sender") &&
           a.find_text("client_id") == b.find_text("client_id");
}

store::MongoChange emptied_changes(const Document& change) {
    const Document older{{"$lt", change.text("rev")}};
    return {.filter = {{"message", change.uuid("message")}, {"rev", older}},
            .change = {{"$set", Document{{"text", ""}, {"superseded", true}}},
                       {"$unset", Document{{"mentions", ""}}}}};
}

store::MongoChange emptied_message(const Document& change) {
    Document now{{"text", ""}, {"changed", true}};
    if (change.flag("deleted")) {
        now.set("sent_sum", std::int64_t{0});
    }
    return {.filter = {{"_id", change.uuid("message")}},
            .change = {{"$set", now}, {"$unset", Document{{"mentions", ""}}}}};
}

std::vector<KeptMessage> read_current(store::MongoConnection& connection,
                                      const std::vector<Document>& found) {
    std::vector<KeptMessage> current;
    std::vector<Uuid> changed;
    for (const Document& document : found) {
        current.push_back(kept_of(document));
        if (document.flag("changed")) {
            changed.push_back(document.uuid("_id"));
        }
    }
    if (changed.empty()) {
        return current;
    }
    auto last = last_changes(connection, changed);
    for (int looks = 1; !is_whole(last, changed); ++looks) {
        if (looks == looks_max) {
            throw store::mongo_damaged("a message was changed, and its change is not there");
        }
        last = last_changes(connection, changed);
    }
    for (KeptMessage& kept : current) {
        if (const auto change = last.find(kept.message.id.uuid); change != last.end()) {
            apply_change(kept, change->second);
        }
    }
    return current;
}

void make_message_indexes(store::MongoConnection& connection) {
    connection.make_indexes(
        messages_name, {{.name = "by_seq", .key = {{"chat", 1}, {"seq", 1}}, .is_unique = true},
                        {.name = "by_client_id",
                         .key = {{"chat", 1}, {"client_id", 1}, {"sender", 1}},
                         .is_unique = true},
                        {.name = "by_mention", .key = {{"mentions", 1}, {"chat", 1}, {"seq", 1}}}});
    connection.make_indexes(
        changes_name, {{.name = "by_message", .key = {{"message", 1}, {"rev", 1}}},
                       {.name = "by_deletion", .key = {{"chat", 1}, {"deleted", 1}, {"seq", 1}}},
                       {.name = "by_mention", .key = {{"mentions", 1}, {"chat", 1}, {"seq", 1}}}});
}

}  // namespace loquat::consumer
