#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/ids.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

// Where messages are: the database of a stopped Loquat, or a server.
struct HistoryPlace {
    std::filesystem::path file;
    std::string url;  // postgresql:// or mongodb://; empty: the file
};

struct HistoryFillOptions {
    HistoryPlace place;
    std::vector<ChatId> chats;  // messages are dealt to them in turn
    UserId sender;
    std::size_t messages = 0;
};

// Stores messages through the store's own batches, as the consumer would.
Task<wire::Value> fill_history(HistoryFillOptions options);

struct HistoryReadOptions {
    HistoryPlace place;
    std::vector<ChatId> chats;
    std::size_t reads = 20'000;
};

// Reads the last 50 messages of one chat after the other, through the store alone.
Task<wire::Value> read_history(HistoryReadOptions options);

}  // namespace loquat::bench
