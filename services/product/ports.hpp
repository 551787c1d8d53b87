#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "contracts/product/stock.hpp"
#include "services/product/domain/record.hpp"

namespace loquat::product {

// How far somebody has read the changes of a catalogue: up to this product of this change.
struct ReadUpTo {
    std::int64_t change = 0;
    contracts::ProductId id;  // nil: none of it; all products of a change are in the order of ids
};

struct Changes {
    std::vector<Record> records;
    std::vector<contracts::ProductId> removed;  // only with the last records
    ReadUpTo read;
    bool is_all = false;  // nothing follows
    // What was removed after `from` is not known any more: begin with nothing.
    bool is_too_late = false;
};

// What became of one of several products that were written together.
enum class Upserted { created, updated, sku_taken };

// Products.  Each write is one transaction, and durable when it returns.
class CatalogueStore {
  public:
    virtual ~CatalogueStore() = default;

    // 409 `product.sku_taken`.
    virtual Task<Record> create(contracts::ProductInput input, Time now) = 0;
    // `edit` is given the product as it is and returns what it becomes; it runs on another thread,
    // and what it throws reaches the caller.  404 `product.not_found`, 409 `product.sku_taken`.
    using Edit = std::function<contracts::ProductInput(const Record& now)>;
    virtual Task<Record> change(contracts::ProductId id, Edit edit, Time now) = 0;
    // The number of the change.
    virtual Task<std::int64_t> remove(contracts::ProductId id) = 0;
    // Writes each in the place of the product with its SKU, or as a new one.  What it is taken by
    // is a variant of another product.
    struct Batch {
        std::vector<Upserted> each;
        std::vector<Record> records;  // of those that were written
    };
    virtual Task<Batch> upsert(std::vector<contracts::ProductInput> inputs, Time now) = 0;

    virtual Task<std::int64_t> last_change() = 0;
    virtual Task<Changes> changes_after(ReadUpTo from, std::size_t limit) = 0;
};

// Stock that checkouts hold (StockApi says what each means); each call one transaction.
class StockStore {
  public:
    virtual ~StockStore() = default;

    struct Outcome {
        contracts::Reservation reservation;
        std::vector<StockMove> moves;
    };
    virtual Task<Outcome> reserve(contracts::ReserveStock wanted, Time now) = 0;
    virtual Task<Outcome> take(contracts::ReservationId id, Time now) = 0;
    virtual Task<std::vector<StockMove>> release(contracts::ReservationId id, Time now) = 0;
    virtual Task<std::vector<StockMove>> give_back(contracts::ReservationId id, Time now) = 0;
    // Ends some of those whose time is over, and forgets some that ended long ago.
    virtual Task<std::vector<StockMove>> end_overdue(Time now) = 0;
};

}  // namespace loquat::product
