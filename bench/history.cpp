#include "bench/history.hpp"

#include <algorithm>
#include <random>

#include "bench/samples.hpp"
#include "services/consumer/adapters/mongo/mongo_messages.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::bench {
namespace {

constexpr std::size_t batch_records = 2'000;
// With its names; so large a batch is taken everywhere.
constexpr std::size_t record_bytes = 4'096;
constexpr std::string_view consumer = "bench";
constexpr std::string_view words[] = {"the",   "kernel",  "module", "does",  "not",   "load",
                                      "after", "upgrade", "try",    "again", "with",  "sudo",
                                      "apt",   "install", "thanks", "that",  "works", "now"};

// A message store and what it stands on.
struct Opened {
    std::unique_ptr<store::Database> database;
    std::unique_ptr<consumer::MessageStore> messages;
};

Opened open(const HistoryPlace& place) {
    if (place.url.starts_with("mongodb")) {
        return {nullptr, consumer::open_mongo_messages({.target = {.url = place.url}},
                                                       consumer::MongoRole::filler)};
    }
    const store::DatabaseNeed need = consumer::message_database();
    auto database = place.url.empty() ? store::open_sqlite(store::in_file(place.file, need))
                                      : store::open_postgres(store::at_server(place.url, need));
    auto messages = consumer::make_sql_messages(*database);
    return {std::move(database), std::move(messages)};
}

// Text of 20 to 200 characters; the same seed gives the same text.
std::string make_text(std::mt19937_64& random) {
    std::string text;
    const std::size_t size = 20 + random() % 180;
    while (text.size() < size) {
        text += words[random() % std::size(words)];
        text += ' ';
    }
    return text;
}

contracts::MessageRecord make_record(const HistoryFillOptions& options, std::size_t index,
                                     std::mt19937_64& random) {
    contracts::MessageRecord record;
    record.chat = options.chats[index % options.chats.size()];
    record.message_id = MessageId::make();
    record.sender = {.id = options.sender, .username = "bench", .display_name = "Bench"};
    record.client_id = "h" + std::to_string(index);
    record.text = make_text(random);
    record.at = from_unix_ms(1'700'000'000'000 + static_cast<std::int64_t>(index));
    return record;
}

}  // namespace

Task<wire::Value> fill_history(HistoryFillOptions options) {
    const Opened opened = open(options.place);
    const auto& messages = opened.messages;
    std::mt19937_64 random{20'26};
    const auto begun = std::chrono::steady_clock::now();
    const store::Partition partition{std::string{contracts::records::messages.topic}};
    store::Position at = co_await messages->position(std::string{consumer}, partition);
    if (at.generation == 0) {
        at = co_await messages->adopt(at, Uuid::make(), 0);
    }
    const store::Offset begin = at.applied;
    store::Offset applied = begin;
    const std::size_t at_once = std::min(batch_records, messages->batch_bytes_max() / record_bytes);
    while (applied < options.messages) {
        consumer::MessageBatch batch{.from = at};
        while (batch.records.size() < at_once && applied < options.messages) {
            batch.records.emplace_back(make_record(options, applied++, random));
        }
        batch.through = applied;
        co_await messages->apply_batch(std::move(batch));
        at = store::moved(at, applied);
    }
    co_await messages->secure(at.consumer, partition);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const auto count = static_cast<double>(options.messages - begin);
    co_return wire::Object{{"messages", static_cast<std::uint64_t>(options.messages)},
                           {"seconds", took.count()},
                           {"per_second", count / took.count()}};
}

Task<wire::Value> read_history(HistoryReadOptions options) {
    const Opened opened = open(options.place);
    const auto& messages = opened.messages;
    std::mt19937_64 random{7};
    Samples samples;
    std::uint64_t rows = 0;
    for (std::size_t read = 0; read < options.reads; ++read) {
        const ChatId chat = options.chats[random() % options.chats.size()];
        const store::PageQuery query{.chat = chat, .limit = 50};
        const auto begun = std::chrono::steady_clock::now();
        const store::Page page = co_await messages->page(query);
        samples.add(std::chrono::steady_clock::now() - begun);
        rows += page.items.size();
    }
    co_return wire::Object{{"reads", static_cast<std::uint64_t>(options.reads)},
                           {"rows", rows},
                           {"latency", samples.to_value()}};
}

}  // namespace loquat::bench
