#include "services/consumer/adapters/mongo/mongo_reads.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace loquat::consumer {
namespace {

using store::Document;
using store::MongoConnection;

std::int64_t count_of(std::size_t limit) { return static_cast<std::int64_t>(limit); }

std::vector<contracts::StoredMessage> current_of(MongoConnection& connection,
                                                 const std::vector<Document>& found) {
    std::vector<contracts::StoredMessage> messages;
    for (KeptMessage& kept : read_current(connection, found)) {
        messages.push_back(std::move(kept.message));
    }
    return messages;
}

std::vector<Document> find_page(MongoConnection& connection, const store::PageQuery& query) {
    Document filter{{"chat", query.chat}};
    int direction = -1;
    if (query.after_seq) {
        filter.set("seq", Document{{"$gt", *query.after_seq}});
        direction = 1;
    } else if (query.before_seq) {
        filter.set("seq", Document{{"$lt", *query.before_seq}});
    }
    std::vector<Document> found = connection.find({.collection = messages_name,
                                                   .filter = std::move(filter),
                                                   .order = {{"seq", direction}},
                                                   .limit = query.limit});
    if (direction < 0) {
        std::ranges::reverse(found);
    }
    return found;
}

// Numbers are inserted in their order: a hole is one that came while it was read.
bool has_hole(const std::vector<Document>& page) {
    return !page.empty() &&
           page.back().integer("seq") - page.front().integer("seq") + 1 != count_of(page.size());
}

std::vector<std::int64_t> seqs_of(const std::vector<Document>& found) {
    std::vector<std::int64_t> seqs;
    for (const Document& document : found) {
        seqs.push_back(document.integer("seq"));
    }
    return seqs;
}

// Ascending, each once, the newest `count_max`.
std::vector<std::int64_t> in_order(std::vector<std::int64_t> seqs, std::size_t count_max) {
    std::ranges::sort(seqs);
    seqs.erase(std::ranges::unique(seqs).begin(), seqs.end());
    if (seqs.size() > count_max) {
        seqs.erase(seqs.begin(), seqs.end() - count_of(count_max));
    }
    return seqs;
}

// A place is the id of the last message, in two halves.
Uuid id_of(const store::ScanPlace& place) {
    Uuid id;
    std::memcpy(id.bytes.data(), &place.chat, sizeof place.chat);
    std::memcpy(id.bytes.data() + sizeof place.chat, &place.seq, sizeof place.seq);
    return id;
}

store::ScanPlace place_of(const Uuid& id) {
    store::ScanPlace place;
    std::memcpy(&place.chat, id.bytes.data(), sizeof place.chat);
    std::memcpy(&place.seq, id.bytes.data() + sizeof place.chat, sizeof place.seq);
    return place;
}

}  // namespace

std::optional<KeptMessage> read_message(MongoConnection& connection, const Document& filter) {
    const std::vector<Document> found =
        connection.find({.collection = messages_name, .filter = filter, .limit = 1});
    std::vector<KeptMessage> current = read_current(connection, found);
    return current.empty() ? std::nullopt : std::optional{std::move(current.front())};
}

Document with_client_id(const ChatId& chat, const UserId& sender, const std::string& client_id) {
    return {{"chat", chat}, {"client_id", client_id}, {"sender", sender}};
}

std::int64_t read_last_seq(MongoConnection& connection, const ChatId& chat) {
    const auto found = connection.find_one({.collection = messages_name,
                                            .filter = {{"chat", chat}},
                                            .order = {{"seq", -1}},
                                            .members = {{"seq", 1}}});
    return found ? found->integer("seq") : 0;
}

store::Page read_page(MongoConnection& connection, const store::PageQuery& query) {
    const bool is_newest = !query.after_seq && !query.before_seq;
    store::Page page;
    if (!is_newest) {
        page.head_seq = read_last_seq(connection, query.chat);
    }
    std::vector<Document> found = find_page(connection, query);
    if (has_hole(found)) {
        found = find_page(connection, query);
    }
    page.items = current_of(connection, found);
    if (!page.items.empty()) {
        page.head_seq = std::max(page.head_seq, page.items.back().seq);
    }
    return page;
}

std::vector<store::Head> read_heads(MongoConnection& connection, const std::vector<ChatId>& chats) {
    std::vector<store::Head> heads;
    std::vector<Document> last;
    for (const ChatId& chat : chats) {
        heads.push_back({.chat = chat, .last_seq = 0, .last = {}});
        auto found = connection.find_one(
            {.collection = messages_name, .filter = {{"chat", chat}}, .order = {{"seq", -1}}});
        if (found) {
            heads.back().last_seq = found->integer("seq");
            last.push_back(*std::move(found));
        }
    }
    std::vector<contracts::StoredMessage> messages = current_of(connection, last);
    auto next = messages.begin();
    for (store::Head& head : heads) {
        if (head.last_seq > 0) {
            head.last = std::move(*next++);
        }
    }
    return heads;
}

std::vector<std::int64_t> read_deleted(MongoConnection& connection, const ChatId& chat) {
    const std::vector<Document> found =
        connection.find({.collection = changes_name,
                         .filter = {{"chat", chat}, {"deleted", true}},
                         .order = {{"seq", -1}},
                         .members = {{"seq", 1}},
                         .limit = MessageStore::deleted_max});
    return in_order(seqs_of(found), MessageStore::deleted_max);
}

// Messages first: what a change takes from one is in the change before.
std::vector<std::int64_t> read_mentions(MongoConnection& connection,
                                        const store::MentionQuery& query) {
    std::vector<std::int64_t> seqs;
    for (const std::string_view collection : {messages_name, changes_name}) {
        const std::vector<Document> found =
            connection.find({.collection = collection,
                             .filter = {{"mentions", query.user},
                                        {"chat", query.chat},
                                        {"seq", Document{{"$gt", query.after_seq}}}},
                             .order = {{"seq", -1}},
                             .members = {{"seq", 1}},
                             .limit = MessageStore::mentions_max});
        std::ranges::copy(seqs_of(found), std::back_inserter(seqs));
    }
    return in_order(std::move(seqs), MessageStore::mentions_max);
}

store::Scanned read_sender(MongoConnection& connection, const UserId& sender,
                           const store::ScanPlace& after) {
    const std::vector<Document> found =
        connection.find({.collection = messages_name,
                         .filter = {{"_id", Document{{"$gt", id_of(after)}}}},
                         .order = {{"_id", 1}},
                         .limit = MessageStore::scanned_max});
    std::vector<Document> theirs;
    for (const Document& document : found) {
        if (document.uuid("sender") == sender.uuid) {
            theirs.push_back(document);
        }
    }
    store::Scanned scanned;
    for (const contracts::StoredMessage& message : current_of(connection, theirs)) {
        if (!message.deleted_at) {
            scanned.found.push_back({message.chat, message.id});
        }
    }
    if (found.size() == MessageStore::scanned_max) {
        scanned.next = place_of(found.back().uuid("_id"));
    }
    return scanned;
}

}  // namespace loquat::consumer
