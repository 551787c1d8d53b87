#include "services/product/adapters/product_rows.hpp"

#include <algorithm>

namespace loquat::product {
namespace {

using contracts::ProductInput;
using contracts::VariantId;
using store::Params;
using store::Row;
using store::Rows;
using store::Transaction;

// Stock is in rows of its own.
std::string body_of(ProductInput input) {
    input.stock = 0;
    for (contracts::VariantInput& variant : input.variants) {
        variant.stock = 0;
    }
    return wire::encode(input);
}

std::vector<FormStock> wanted_forms(const ProductInput& input,
                                    const std::vector<FormStock>& before) {
    std::vector<FormStock> forms;
    const auto add = [&](VariantId variant, std::int64_t left) {
        const auto same = std::ranges::find(before, variant, &FormStock::variant);
        const std::int64_t held = same == before.end() ? 0 : same->held;
        forms.push_back({.variant = variant, .counted = left + held, .held = held});
    };
    for (const contracts::VariantInput& variant : input.variants) {
        add(*variant.id, variant.stock);
    }
    if (forms.empty()) {
        add({}, input.stock);
    }
    return forms;
}

std::vector<std::string_view> skus_of(const ProductInput& input) {
    std::vector<std::string_view> skus{input.sku};
    for (const contracts::VariantInput& variant : input.variants) {
        skus.push_back(variant.sku);
    }
    return skus;
}

void insert_forms(Transaction& transaction, const Record& record) {
    std::vector<Params> rows;
    for (std::size_t place = 0; place < record.forms.size(); ++place) {
        const FormStock& form = record.forms[place];
        rows.push_back({record.id, form.variant, place, form.counted, form.held});
    }
    transaction.execute_each(
        "INSERT INTO product_forms (product_id, variant_id, place, counted, held) "
        "VALUES ($1, $2, $3, $4, $5)",
        rows);
}

void insert_skus(Transaction& transaction, const Record& record) {
    std::vector<Params> rows;
    for (const std::string_view sku : skus_of(record.input)) {
        rows.push_back({sku, record.id});
    }
    transaction.execute_each("INSERT INTO product_skus (sku, product_id) VALUES ($1, $2)", rows);
}

}  // namespace

std::int64_t next_change(Transaction& transaction) {
    constexpr const char* count =
        "UPDATE catalogue_state SET change_number = change_number + 1 WHERE one = 1 "
        "RETURNING change_number";
    Rows rows = transaction.query(count);
    if (rows.empty()) {
        transaction.execute(
            "INSERT INTO catalogue_state (one, change_number) VALUES (1, 0) "
            "ON CONFLICT (one) DO NOTHING");
        rows = transaction.query(count);
    }
    return rows.front().integer(0);
}

Record to_record(const Row& row) {
    return {.id = row.id<contracts::ProductId>(0),
            .input = wire::from_json<ProductInput>(row.text(1)),
            .forms = {},
            .version = row.integer(2),
            .updated_at = row.time(3),
            .change = row.integer(4)};
}

void set_forms(Record& record, std::vector<FormStock> forms) {
    for (contracts::VariantInput& variant : record.input.variants) {
        const auto form = std::ranges::find(forms, variant.id, &FormStock::variant);
        variant.stock = form == forms.end() ? 0 : form->left();
    }
    if (record.input.variants.empty() && !forms.empty()) {
        record.input.stock = forms.front().left();
    }
    record.forms = std::move(forms);
}

std::vector<FormStock> forms_of(Transaction& transaction, contracts::ProductId id) {
    std::vector<FormStock> forms;
    for (const Row row : transaction.query("SELECT variant_id, counted, held FROM product_forms "
                                           "WHERE product_id = $1 ORDER BY place",
                                           {id})) {
        forms.push_back(
            {.variant = row.id<VariantId>(0), .counted = row.integer(1), .held = row.integer(2)});
    }
    return forms;
}

std::optional<Record> find_record(Transaction& transaction, contracts::ProductId id) {
    const Rows rows = transaction.query(
        "SELECT id, body, version, updated_at, change_number FROM products WHERE id = $1", {id});
    if (rows.empty()) {
        return std::nullopt;
    }
    Record record = to_record(rows.front());
    set_forms(record, forms_of(transaction, id));
    return record;
}

void insert_record(Transaction& transaction, Record& record) {
    record.forms = wanted_forms(record.input, {});
    insert_skus(transaction, record);
    transaction.execute(
        "INSERT INTO products (id, body, version, updated_at, change_number) "
        "VALUES ($1, $2, $3, $4, $5)",
        {record.id, body_of(record.input), record.version, record.updated_at, record.change});
    insert_forms(transaction, record);
}

void replace_record(Transaction& transaction, Record& record, const Record& before) {
    if (skus_of(record.input) != skus_of(before.input)) {
        transaction.execute("DELETE FROM product_skus WHERE product_id = $1", {record.id});
        insert_skus(transaction, record);
    }
    transaction.execute(
        "UPDATE products SET body = $2, version = $3, updated_at = $4, change_number = $5 "
        "WHERE id = $1",
        {record.id, body_of(record.input), record.version, record.updated_at, record.change});
    record.forms = wanted_forms(record.input, before.forms);
    if (record.forms != before.forms) {
        transaction.execute("DELETE FROM product_forms WHERE product_id = $1", {record.id});
        insert_forms(transaction, record);
    }
}

StockMove note_move(Transaction& transaction, contracts::ProductId id, std::int64_t change) {
    transaction.execute("UPDATE products SET change_number = $2 WHERE id = $1", {id, change});
    return {.id = id, .forms = forms_of(transaction, id), .change = change};
}

}  // namespace loquat::product
