#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/mongo/document.hpp"

struct _bson_error_t;

namespace loquat::store {

struct MongoTarget {
    std::string url;
    std::chrono::milliseconds connect_max{2'000};
    std::chrono::milliseconds answer_max{5'000};  // of one call
    std::chrono::milliseconds copies_max{5'000};  // until a majority has a write
};

struct MongoQuery {
    std::string_view collection;
    Document filter;
    Document order{};
    Document members{};  // those that are wanted; empty: all
    std::size_t limit = 0;
};

struct MongoChange {
    Document filter;
    Document change;  // $set, $unset
};

struct MongoIndex {
    std::string_view name;
    Document key;
    bool is_unique = false;
};

// When a write counts as done.
enum class MongoSafety {
    majority,  // most members of a replica set have it, in their journals; one that stands alone
               // has it, and writes its journal within a tenth of a second
    journal,   // the same, and one that stands alone has written its journal too
};

// One connection (one for each member of a replica set) to the database of the URL, `loquat` where
// it names none, made at the first call.
// Reads go to the primary, writes wait for a majority, whatever the URL says of it.  Calls block
// for `answer_max` at most.  One thread.
//
// Fails with `store.unavailable`, `upstream.timeout` (whether it was done is unknown),
// `store.denied`, `store.full`, `store.too_large`, `store.constraint` (a rule of the collection),
// `store.conflict` (a change; an insert says how far it came), `store.statement`.
class MongoConnection {
  public:
    // `config.invalid` when the URL cannot be read.
    explicit MongoConnection(MongoTarget target);
    ~MongoConnection();
    MongoConnection(const MongoConnection&) = delete;
    MongoConnection& operator=(const MongoConnection&) = delete;

    std::vector<Document> find(const MongoQuery& query);
    std::optional<Document> find_one(MongoQuery query);

    // In their order.  Gives how many were inserted before the first that has a key which is there
    // already; all of them where there is none.
    std::size_t insert(std::string_view collection, std::span<const Document> documents);
    // Of all documents that fit each filter.
    void update(std::string_view collection, std::span<const MongoChange> changes,
                MongoSafety safety = MongoSafety::majority);
    // All that fit.
    void remove(std::string_view collection, const Document& filter);
    // Those that are there already are left as they are.  `store.unfit` when one that should be is
    // not unique.
    void make_indexes(std::string_view collection, const std::vector<MongoIndex>& indexes);
    // To the database `admin`; none of its effects is waited for.
    Document ask(const Document& command);
    void drop_database();

    // Whether the last call failed because nobody answered: the next one connects anew.
    bool is_lost() const { return is_lost_; }
    // The next call connects anew.
    void renew();

  private:
    struct State;

    State& state();
    Document write(const Document& command, MongoSafety safety);
    std::vector<Document> list_indexes(std::string_view collection);
    [[noreturn]] void fail(const ::_bson_error_t& error);

    MongoTarget target_;
    std::unique_ptr<State> state_;
    bool is_lost_ = false;
};

}  // namespace loquat::store
