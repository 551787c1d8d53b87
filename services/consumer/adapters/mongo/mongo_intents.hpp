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
enum class MongoStep { intent, place, messages, changes, emptying, done, cut };

struct MongoSteps {
    std::function<void(MongoStep)> before_step{};
    std::size_t documents_max = 1'000;  // in one insert
};

// What comes next goes on from here.
struct ChainEnd {
    store::Position at;
    std::int64_t turn = 0;  // how often what went on from there was cut off

    friend bool operator==(const ChainEnd&, const ChainEnd&) = default;
};

// One step from a position to the next: of a batch, or to another log.  One that leads nowhere cuts
// off the one before it, which can never be done.
struct Intent {
    ChainEnd from;
    store::Position to;
    std::vector<store::Document> messages{};
    std::vector<store::Document> changes{};
    bool is_done = false;

    bool is_cut() const { return to == from.at; }
};

// As it is inserted.
store::Document to_document(const Intent& intent);

// The intents of one consumer and partition, each going on from where the one before ended.
class IntentChain {
  public:
    IntentChain(store::MongoConnection& connection, const MongoSteps& steps)
        : connection_(connection), steps_(steps) {}

    // Where the last one that is done has come to; generation 0 before the first.
    store::Position look(const std::string& consumer, const store::Partition& partition);
    // Where it goes on after the last one was done, if it was not; one that the database refuses to
    // let be done is cut off.
    ChainEnd settle(const std::string& consumer, const store::Partition& partition);
    // `store.position_moved` (409) when somebody has gone on from there.  What the database refuses
    // because of what it is (`is_refusal`) is cut off: it goes on from there again, and finds some
    // of its messages stored.
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
    void finish(const Intent& intent);
    void do_all(const Intent& intent);
    void cut_off(const Intent& intent);
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
