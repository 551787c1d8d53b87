#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/mongo/connection.hpp"
#include "store/position/position.hpp"

// How a batch and the position become one where no transaction holds them together: what is to be
// done is inserted as one document, an intent, and then done; whoever finds one that is not done
// does it first (docs/adr/0076).
namespace loquat::consumer {

// What comes next, all but `place` a write; for tests, which end or hold a writer there.
enum class MongoStep { intent, place, messages, changes, emptying, done };

struct MongoSteps {
    std::function<void(MongoStep)> before_step{};
    std::size_t documents_max = 1'000;  // in one insert
};

// One step from a position to the next: of a batch, or to another log.
struct Intent {
    store::Position from;
    store::Position to;
    std::vector<store::Document> messages{};
    std::vector<store::Document> changes{};
    bool is_done = false;
};

// The intents of one consumer and partition, each going on from where the one before ended.
class IntentChain {
  public:
    IntentChain(store::MongoConnection& connection, const MongoSteps& steps)
        : connection_(connection), steps_(steps) {}

    // Where the last one that is done has come to; generation 0 before the first.
    store::Position look(const std::string& consumer, const store::Partition& partition);
    // The same after the last one was done, if it was not.
    store::Position settle(const std::string& consumer, const store::Partition& partition);
    // `store.position_moved` (409) when somebody has gone on from there.
    void append(const Intent& intent);
    // Makes all that is done safe against a loss of power; gives the id of the last intent.
    std::optional<std::string> secure(const std::string& consumer,
                                      const store::Partition& partition);
    // Those before the one with that id.
    void forget_before(const std::string& consumer, const store::Partition& partition,
                       const std::string& id);

  private:
    std::optional<store::Document> last(const std::string& chain, store::Document members);
    std::vector<store::Document> last_two(const std::string& chain);
    void take_back(const std::string& id);
    void finish(const std::string& id, const Intent& intent);
    void put_all(std::string_view collection, const std::vector<store::Document>& documents,
                 MongoStep step);
    void put(std::string_view collection, std::span<const store::Document> documents,
             MongoStep step);
    std::vector<store::Document> missing(std::string_view collection,
                                         std::span<const store::Document> documents);
    void empty_older(const std::vector<store::Document>& changes);
    void before(MongoStep step) const;

    store::MongoConnection& connection_;
    const MongoSteps& steps_;
};

// How far the reader of the log has come, over all partitions that it has taken up.
store::Progress read_progress(store::MongoConnection& connection);

// Ascends in the order of the log.
std::string rev_of(const store::Position& from, std::size_t record);

}  // namespace loquat::consumer
