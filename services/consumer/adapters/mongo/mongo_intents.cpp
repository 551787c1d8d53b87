#include "services/consumer/adapters/mongo/mongo_intents.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/failure.hpp"
#include "contracts/chat/records.hpp"
#include "services/consumer/adapters/mongo/mongo_documents.hpp"
#include "services/consumer/domain/refusals.hpp"
#include "store/mongo/failure.hpp"

namespace loquat::consumer {
namespace {

using store::Document;

constexpr std::string_view intents_name = "intents";

// In the order of numbers, as text.
std::string padded(std::uint64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string chain_of(const std::string& consumer, const store::Partition& partition) {
    return consumer + "/" + partition.topic + "/" + padded(partition.number, 10) + "/";
}

std::string place_of(const store::Position& at) {
    return padded(static_cast<std::uint64_t>(at.generation), 10) + "/" + padded(at.applied, 20);
}

std::string chain_of(const store::Position& at) { return chain_of(at.consumer, at.partition); }

std::string id_of(const ChainEnd& from) {
    const std::string turn = from.turn > 0 ? "/" + padded(from.turn, 10) : "";
    return chain_of(from.at) + place_of(from.at) + turn;
}

// Behind all ids that begin so: they go on with digits.
std::string end_of(const std::string& chain) { return chain + ":"; }

Document document_of(const store::Position& at) {
    return {{"generation", at.generation},
            {"log", at.log},
            {"applied", static_cast<std::int64_t>(at.applied)},
            {"previous", static_cast<std::int64_t>(at.previous)}};
}

store::Position position_of(const Document& intent, std::string_view end) {
    const Document at = intent.document(end);
    return {.consumer = intent.text("consumer"),
            .partition = {intent.text("topic"),
                          static_cast<std::uint32_t>(intent.integer("partition"))},
            .generation = at.integer("generation"),
            .log = at.uuid("log"),
            .applied = static_cast<store::Offset>(at.integer("applied")),
            .previous = static_cast<store::Offset>(at.integer("previous"))};
}

Intent intent_of(const Document& document) {
    const std::int64_t turn = document.find_integer("turn").value_or(0);
    return {.from = {position_of(document, "from"), turn},
            .to = position_of(document, "to"),
            .messages = document.documents("messages"),
            .changes = document.documents("changes"),
            .is_done = document.flag("done")};
}

Document within(const std::string& chain) { return {{"$gte", chain}, {"$lt", end_of(chain)}}; }

// Whether the first of the last two is beside the chain.  One whose intent is not done goes on from
// where the one before ended: that one is forgotten only afterwards.  A stray is of who slept until
// the intent that had gone on from the same place was forgotten, or of who knows a place that the
// database, put back to an older state, does not have.
bool is_stray(const std::vector<Document>& last) {
    if (last.empty() || last.front().flag("done")) {
        return false;
    }
    const store::Position from = position_of(last.front(), "from");
    return last.size() == 2 ? position_of(last.back(), "to") != from : from.generation != 0;
}

Document without_work() { return {{"messages", 0}, {"changes", 0}}; }

Failure moved_on(const std::string& id) {
    return Failure{Kind::conflict, "store.position_moved", "The store has moved on.",
                   "somebody has gone on from " + id};
}

// Of who sleeps and does what was cut off meanwhile, or under a rule that is not Loquat's: with
// what is there now it is looked at again.
Failure is_taken(std::string_view collection, std::string_view what) {
    return Failure{Kind::conflict, "store.conflict", "The data conflicts with what is stored.",
                   "another document of " + std::string{collection} + " has " + std::string{what} +
                       " of one that is to come"};
}

ChainEnd end_of(const Intent& intent) {
    return {intent.to, intent.is_cut() ? intent.from.turn + 1 : 0};
}

// Messages have ids as such, changes have texts.
std::string key_of(std::string_view collection, const Document& document) {
    return collection == messages_name ? document.uuid("_id").to_string() : document.text("_id");
}

Document any_of(std::string_view collection, std::span<const Document> documents) {
    std::vector<Uuid> uuids;
    std::vector<std::string> texts;
    for (const Document& document : documents) {
        if (collection == messages_name) {
            uuids.push_back(document.uuid("_id"));
        } else {
            texts.push_back(document.text("_id"));
        }
    }
    const Document ids = collection == messages_name
                             ? Document{{"$in", Document::Value::Uuids{uuids}}}
                             : Document{{"$in", Document::Value::Texts{texts}}};
    return {{"_id", ids}};
}

// The partitions of a topic that a consumer has taken up.
std::vector<std::uint32_t> list_chains(store::MongoConnection& connection,
                                       const std::string& consumer, const std::string& topic) {
    const std::string all = consumer + "/" + topic + "/";
    std::vector<std::uint32_t> partitions;
    std::string end = end_of(all);
    for (;;) {
        const Document within{{"$gte", all}, {"$lt", end}};
        const auto found = connection.find_one({.collection = intents_name,
                                                .filter = {{"_id", within}},
                                                .order = {{"_id", -1}},
                                                .members = {{"partition", 1}}});
        if (!found) {
            return partitions;
        }
        partitions.push_back(static_cast<std::uint32_t>(found->integer("partition")));
        end = chain_of(consumer, {topic, partitions.back()});
    }
}

}  // namespace

Document to_document(const Intent& intent) {
    const store::Position& from = intent.from.at;
    Document document{{"_id", id_of(intent.from)},
                      {"consumer", from.consumer},
                      {"topic", from.partition.topic},
                      {"partition", std::int64_t{from.partition.number}},
                      {"from", document_of(from)},
                      {"to", document_of(intent.to)},
                      {"done", intent.is_done},
                      {"messages", Document::Value::Array{intent.messages}},
                      {"changes", Document::Value::Array{intent.changes}}};
    if (intent.from.turn > 0) {
        document.set("turn", intent.from.turn);
    }
    return document;
}

std::string rev_of(const store::Position& from, std::size_t record) {
    return place_of(from) + "/" + padded(record, 10);
}

void IntentChain::before(MongoStep step) const {
    if (steps_.before_step) {
        steps_.before_step(step);
    }
}

std::optional<Document> IntentChain::last(const std::string& chain, Document members) {
    return connection_.find_one({.collection = intents_name,
                                 .filter = {{"_id", within(chain)}},
                                 .order = {{"_id", -1}},
                                 .members = std::move(members)});
}

std::vector<Document> IntentChain::last_two(const std::string& chain) {
    return connection_.find({.collection = intents_name,
                             .filter = {{"_id", within(chain)}},
                             .order = {{"_id", -1}},
                             .limit = 2});
}

store::Position IntentChain::look(const std::string& consumer, const store::Partition& partition) {
    const auto found = last(chain_of(consumer, partition), without_work());
    if (!found) {
        return {.consumer = consumer, .partition = partition};
    }
    return position_of(*found, found->flag("done") ? "to" : "from");
}

ChainEnd IntentChain::settle(const std::string& consumer, const store::Partition& partition) {
    const std::string chain = chain_of(consumer, partition);
    std::vector<Document> last = last_two(chain);
    if (is_stray(last)) {
        take_back(last.front().text("_id"));
        last = last_two(chain);
    }
    if (last.empty()) {
        return {{.consumer = consumer, .partition = partition}};
    }
    const Intent intent = intent_of(last.front());
    if (intent.is_done) {
        return end_of(intent);
    }
    try {
        finish(intent);
    } catch (const Failure& failure) {
        if (!is_refusal(failure.code)) {
            throw;
        }
        // Who began it, or whoever goes on from there, hears of it again.
        const Intent cut = intent_of(last_two(chain).front());
        if (!cut.is_done) {
            throw;
        }
        return end_of(cut);
    }
    return end_of(intent);
}

void IntentChain::append(const Intent& intent) {
    const std::string id = id_of(intent.from);
    const std::vector<Document> documents{to_document(intent)};
    before(MongoStep::intent);
    if (connection_.insert(intents_name, documents) == 0) {
        throw moved_on(id);
    }
    before(MongoStep::place);
    const std::vector<Document> last = last_two(chain_of(intent.from.at));
    // One that is not the last is beside the chain, or was finished by others.
    if (last.empty() || last.front().text("_id") != id || is_stray(last)) {
        take_back(id);
        throw moved_on(id);
    }
    finish(intent);
}

// Leaves one that others have finished.
void IntentChain::take_back(const std::string& id) {
    connection_.remove(intents_name, {{"_id", id}, {"done", false}});
}

void IntentChain::finish(const Intent& intent) {
    try {
        do_all(intent);
    } catch (const Failure& failure) {
        if (is_refusal(failure.code)) {
            cut_off(intent);
        }
        throw;
    }
}

// Whoever goes on after it finds what was inserted of it and counts it as repeats.
void IntentChain::cut_off(const Intent& intent) {
    const ChainEnd again{intent.from.at, intent.from.turn + 1};
    const std::vector<Document> cut{
        to_document(Intent{.from = again, .to = again.at, .is_done = true})};
    before(MongoStep::cut);
    connection_.insert(intents_name, cut);  // one that is there already says the same, or more
}

void IntentChain::do_all(const Intent& intent) {
    put_all(messages_name, intent.messages, MongoStep::messages);
    put_all(changes_name, intent.changes, MongoStep::changes);
    empty_older(intent.changes);
    before(MongoStep::done);
    const store::MongoChange done{
        .filter = {{"_id", id_of(intent.from)}},
        .change = {{"$set", Document{{"done", true}}},
                   {"$unset", Document{{"messages", ""}, {"changes", ""}}}}};
    connection_.update(intents_name, {&done, 1});
}

void IntentChain::put_all(std::string_view collection, const std::vector<Document>& documents,
                          MongoStep step) {
    std::span<const Document> left{documents};
    while (!left.empty()) {
        const std::size_t count = std::min(left.size(), steps_.documents_max);
        put(collection, left.first(count), step);
        left = left.subspan(count);
    }
}

// In order, so that who reads meanwhile sees no number before those below it.
void IntentChain::put(std::string_view collection, std::span<const Document> documents,
                      MongoStep step) {
    before(step);
    if (connection_.insert(collection, documents) == documents.size()) {
        return;
    }
    // Somebody has begun this before, or does it now.
    std::vector<Document> left = missing(collection, documents);
    while (!left.empty()) {
        before(step);
        const std::size_t inserted = connection_.insert(collection, left);
        if (inserted == left.size()) {
            return;
        }
        const std::size_t left_before = left.size();
        left = missing(collection, left);
        if (left.size() == left_before) {
            throw is_taken(collection, "the number, the client id or another key");
        }
    }
}

std::vector<Document> IntentChain::missing(std::string_view collection,
                                           std::span<const Document> documents) {
    std::unordered_map<std::string, Document> there;
    for (Document& document :
         connection_.find({.collection = collection, .filter = any_of(collection, documents)})) {
        there.emplace(key_of(collection, document), std::move(document));
    }
    std::vector<Document> left;
    for (const Document& document : documents) {
        const auto found = there.find(key_of(collection, document));
        if (found == there.end()) {
            left.push_back(document);
        } else if (!is_same(document, found->second)) {
            throw is_taken(collection, "the id");
        }
    }
    return left;
}

void IntentChain::empty_older(const std::vector<Document>& changes) {
    if (changes.empty()) {
        return;
    }
    std::vector<store::MongoChange> older;
    std::vector<store::MongoChange> messages;
    for (const Document& change : changes) {
        older.push_back(emptied_changes(change));
        messages.push_back(emptied_message(change));
    }
    before(MongoStep::emptying);
    connection_.update(messages_name, messages);
    before(MongoStep::emptying);
    connection_.update(changes_name, older);
}

std::optional<std::string> IntentChain::secure(const std::string& consumer,
                                               const store::Partition& partition) {
    const auto found = last(chain_of(consumer, partition), {{"_id", 1}});
    if (!found) {
        return std::nullopt;
    }
    std::string id = found->text("_id");
    const store::MongoChange secured{.filter = {{"_id", id}},
                                     .change = {{"$set", Document{{"secured", true}}}}};
    connection_.update(intents_name, {&secured, 1}, store::MongoSafety::journal);
    return id;
}

void IntentChain::forget_before(const std::string& consumer, const store::Partition& partition,
                                const std::string& id) {
    const Document earlier{{"$gte", chain_of(consumer, partition)}, {"$lt", id}};
    connection_.remove(intents_name, {{"_id", earlier}});
}

store::Progress read_progress(store::MongoConnection& connection) {
    const std::string consumer{store::log_reader};
    const std::string topic{contracts::records::messages.topic};
    const MongoSteps steps;
    IntentChain intents{connection, steps};
    store::Progress progress;
    for (const std::uint32_t number : list_chains(connection, consumer, topic)) {
        const store::Position at = intents.look(consumer, {topic, number});
        progress.set(number, at.log, at.applied);
    }
    return progress;
}

}  // namespace loquat::consumer
