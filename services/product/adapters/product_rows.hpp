#pragma once
#include <optional>
#include <vector>

#include "services/product/domain/record.hpp"
#include "store/sql/database.hpp"

namespace loquat::product {

// The number of this transaction's change.  The first statement of every one that writes: it holds
// the row until the commit, so that whoever writes sees all that was written before.
std::int64_t next_change(store::Transaction& transaction);

std::optional<Record> find_record(store::Transaction& transaction, contracts::ProductId id);
std::vector<FormStock> forms_of(store::Transaction& transaction, contracts::ProductId id);

// `record.input` says what is left of each form, and `before` what was: what is held stays held.
// Gives the record its forms.  ConstraintFailure where a SKU is somebody else's.
void insert_record(store::Transaction& transaction, Record& record);
void replace_record(store::Transaction& transaction, Record& record, const Record& before);

// Stock of it has moved.
StockMove note_move(store::Transaction& transaction, contracts::ProductId id, std::int64_t change);

// Of the columns product id, body, version, updated_at, change_number; without forms.
Record to_record(const store::Row& row);
// Lays what is left into the input.
void set_forms(Record& record, std::vector<FormStock> forms);

}  // namespace loquat::product
