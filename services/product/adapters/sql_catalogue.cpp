#include "services/product/adapters/sql_catalogue.hpp"

#include <algorithm>
#include <map>

#include "services/product/adapters/product_rows.hpp"
#include "services/product/domain/input.hpp"

namespace loquat::product {
namespace {

using contracts::ProductId;
using contracts::ProductInput;
using store::Row;
using store::Rows;
using store::Transaction;

// So many changes back it is known what was removed.
constexpr std::int64_t removals_known_for = 100'000;

Failure sku_taken() {
    return {Kind::conflict, "product.sku_taken",
            "Another product, or a variant of one, has this SKU."};
}

Record get_record(Transaction& transaction, ProductId id) {
    auto record = find_record(transaction, id);
    if (!record) {
        throw Failure{Kind::not_found, "product.not_found", "There is no such product."};
    }
    return *std::move(record);
}

Record added(Transaction& transaction, ProductInput input, Time now, std::int64_t change) {
    give_variant_ids(input, nullptr);
    Record record{.id = ProductId::make(),
                  .input = std::move(input),
                  .forms = {},
                  .version = 1,
                  .updated_at = now,
                  .change = change};
    insert_record(transaction, record);
    return record;
}

Record replaced(Transaction& transaction, const Record& before, ProductInput input, Time now,
                std::int64_t change) {
    give_variant_ids(input, &before.input);
    Record record{.id = before.id,
                  .input = std::move(input),
                  .forms = {},
                  .version = before.version + 1,
                  .updated_at = now,
                  .change = change};
    replace_record(transaction, record, before);
    return record;
}

std::optional<ProductId> owner_of(Transaction& transaction, const std::string& sku) {
    const Rows rows =
        transaction.query("SELECT product_id FROM product_skus WHERE sku = $1", {sku});
    return rows.empty() ? std::nullopt : std::optional{rows.front().id<ProductId>(0)};
}

// Whether somebody else than `owner` has one of its SKUs.
bool is_taken(Transaction& transaction, const ProductInput& input,
              const std::optional<ProductId>& owner) {
    const auto is_others = [&](const std::string& sku) {
        const auto other = owner_of(transaction, sku);
        return other && other != owner;
    };
    return is_others(input.sku) || std::ranges::any_of(input.variants, [&](const auto& variant) {
               return is_others(variant.sku);
           });
}

void upsert_one(Transaction& transaction, ProductInput input, Time now, std::int64_t change,
                CatalogueStore::Batch& batch) {
    const auto owner = owner_of(transaction, input.sku);
    const auto before = owner ? find_record(transaction, *owner) : std::nullopt;
    const bool is_variants = before && before->input.sku != input.sku;
    if (is_variants || is_taken(transaction, input, owner)) {
        batch.each.push_back(Upserted::sku_taken);
        return;
    }
    batch.each.push_back(before ? Upserted::updated : Upserted::created);
    batch.records.push_back(before ? replaced(transaction, *before, std::move(input), now, change)
                                   : added(transaction, std::move(input), now, change));
}

std::int64_t number_in(Transaction& transaction) {
    const Rows rows = transaction.query("SELECT change_number FROM catalogue_state WHERE one = 1");
    return rows.empty() ? 0 : rows.front().integer(0);
}

void read_forms(Transaction& transaction, const ReadUpTo& from, Changes& changes) {
    std::map<ProductId, std::vector<FormStock>> forms;
    for (const Row row : transaction.query(
             "SELECT f.product_id, f.variant_id, f.counted, f.held FROM product_forms f "
             "JOIN products p ON p.id = f.product_id "
             "WHERE (p.change_number, p.id) > ($1, $2) "
             "AND (p.change_number, p.id) <= ($3, $4) "
             "ORDER BY f.product_id, f.place",
             {from.change, from.id, changes.read.change, changes.read.id})) {
        forms[row.id<ProductId>(0)].push_back({.variant = row.id<contracts::VariantId>(1),
                                               .counted = row.integer(2),
                                               .held = row.integer(3)});
    }
    for (Record& record : changes.records) {
        set_forms(record, std::move(forms[record.id]));
    }
}

Changes read_changes(Transaction& transaction, const ReadUpTo& from, std::size_t limit) {
    const std::int64_t last = number_in(transaction);
    Changes changes;
    changes.is_too_late = from.change > 0 && from.change < last - removals_known_for;
    for (const Row row :
         transaction.query("SELECT id, body, version, updated_at, change_number FROM products "
                           "WHERE (change_number, id) > ($1, $2) "
                           "ORDER BY change_number, id LIMIT $3",
                           {from.change, from.id, limit})) {
        changes.records.push_back(to_record(row));
    }
    changes.is_all = changes.records.size() < limit;
    if (!changes.records.empty()) {
        changes.read = {changes.records.back().change, changes.records.back().id};
        read_forms(transaction, from, changes);
    }
    if (changes.is_all) {
        for (const Row row : transaction.query(
                 "SELECT id FROM removed_products WHERE change_number > $1", {from.change})) {
            changes.removed.push_back(row.id<ProductId>(0));
        }
        // All products of that change are read.
        changes.read = {last, ProductId{Uuid::from_bytes(std::string(16, '\xff'))}};
    }
    return changes;
}

}  // namespace

Task<Record> SqlCatalogue::create(ProductInput input, Time now) {
    auto work = [input = std::move(input), now](Transaction& transaction) mutable {
        const std::int64_t change = next_change(transaction);
        return added(transaction, std::move(input), now, change);
    };
    try {
        co_return co_await database_.transact(std::move(work));
    } catch (const store::ConstraintFailure&) {
        throw sku_taken();
    }
}

Task<Record> SqlCatalogue::change(ProductId id, Edit edit, Time now) {
    auto work = [id, edit = std::move(edit), now](Transaction& transaction) {
        const std::int64_t change = next_change(transaction);
        const Record before = get_record(transaction, id);
        return replaced(transaction, before, edit(before), now, change);
    };
    try {
        co_return co_await database_.transact(std::move(work));
    } catch (const store::ConstraintFailure&) {
        throw sku_taken();
    }
}

Task<std::int64_t> SqlCatalogue::remove(ProductId id) {
    auto work = [id](Transaction& transaction) {
        const std::int64_t change = next_change(transaction);
        get_record(transaction, id);
        for (const char* sql : {"DELETE FROM product_skus WHERE product_id = $1",
                                "DELETE FROM product_forms WHERE product_id = $1",
                                "DELETE FROM products WHERE id = $1"}) {
            transaction.execute(sql, {id});
        }
        transaction.execute("INSERT INTO removed_products (id, change_number) VALUES ($1, $2)",
                            {id, change});
        transaction.execute("DELETE FROM removed_products WHERE change_number < $1",
                            {change - removals_known_for});
        return change;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<CatalogueStore::Batch> SqlCatalogue::upsert(std::vector<ProductInput> inputs, Time now) {
    auto work = [inputs = std::move(inputs), now](Transaction& transaction) mutable {
        const std::int64_t change = next_change(transaction);
        Batch batch;
        for (ProductInput& input : inputs) {
            upsert_one(transaction, std::move(input), now, change, batch);
        }
        return batch;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<std::int64_t> SqlCatalogue::last_change() {
    const auto work = [](Transaction& transaction) { return number_in(transaction); };
    co_return co_await database_.read(work);
}

Task<Changes> SqlCatalogue::changes_after(ReadUpTo from, std::size_t limit) {
    auto work = [from, limit](Transaction& transaction) {
        return read_changes(transaction, from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace loquat::product
