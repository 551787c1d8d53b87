#pragma once
#include <functional>
#include <memory>
#include <string>

#include "store/position/position.hpp"
#include "store/sql/database.hpp"

// All messages, between MongoDB and a database of message_database(), the form in which an archive
// has them.  Nobody else uses either meanwhile.
namespace loquat::consumer {

class MongoMove {
  public:
    using Told = std::function<void(std::size_t messages)>;

    // `url` as store.messages.url has it.  `config.invalid` when it cannot be read.  Every call
    // blocks, and fails as MongoConnection and the database do.
    explicit MongoMove(std::string url);
    ~MongoMove();
    MongoMove(const MongoMove&) = delete;
    MongoMove& operator=(const MongoMove&) = delete;

    bool is_empty();
    // How far the consumer has stored the log.
    store::Progress stored();

    // Into a database without messages.  Conversations are numbered in the order of their ids.
    Task<void> take_out(store::Database& to, Told told);

    // Those that are not there yet: what was interrupted goes on.  `import.numbers_ahead` (409)
    // where a conversation has given numbers behind its last message, which MongoDB cannot hold.
    Task<void> bring_in(store::Database& from, Told told);
    // `import.differs` (409), which names the conversation, when MongoDB has not the same messages.
    Task<void> compare(store::Database& with, Told told);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace loquat::consumer
