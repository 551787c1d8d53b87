#include "store/archive/row_text.hpp"

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "wire/json.hpp"

namespace loquat::store {
namespace {

Failure no_line(const TableShape& shape, const std::string& why) {
    return Failure{Kind::invalid, "archive.damaged", "A line is no row of " + shape.name, why};
}

Value value_of(const Row& row, std::size_t column, ColumnKind kind) {
    if (row.is_null(column)) {
        return {};
    }
    switch (kind) {
        case ColumnKind::integer:
            return row.integer(column);
        case ColumnKind::number:
            return row.number(column);
        case ColumnKind::text:
            return row.text(column);
        case ColumnKind::bytes:
            break;
    }
    return Blob{row.blob(column)};
}

Value value_of(const wire::Value& json, const TableShape& shape, const Column& column) {
    if (json.is_null()) {
        return {};
    }
    const auto* whole = std::get_if<std::int64_t>(&json.any());
    const auto* text = json.if_string();
    if (column.kind == ColumnKind::integer && whole != nullptr) {
        return *whole;
    }
    if (column.kind == ColumnKind::number) {
        if (const auto* number = std::get_if<double>(&json.any())) {
            return *number;
        }
        if (whole != nullptr) {
            return static_cast<double>(*whole);
        }
    }
    if (column.kind == ColumnKind::text && text != nullptr) {
        return *text;
    }
    if (column.kind == ColumnKind::bytes && text != nullptr) {
        if (auto bytes = from_base64(*text)) {
            return Blob{*std::move(bytes)};
        }
    }
    throw no_line(shape, "column " + column.name);
}

}  // namespace

std::vector<Value> values_of(const TableShape& shape, const Row& row) {
    std::vector<Value> values;
    values.reserve(shape.columns.size());
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
        values.push_back(value_of(row, i, shape.columns[i].kind));
    }
    return values;
}

void append_line(std::string& out, const TableShape& shape, const std::vector<Value>& values) {
    char before = '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        out += before;
        before = ',';
        const Value::Data& data = values[i].data();
        if (const auto* whole = std::get_if<std::int64_t>(&data)) {
            out += std::to_string(*whole);
        } else if (const auto* number = std::get_if<double>(&data)) {
            wire::append_json_number(out, *number);
        } else if (const auto* text = std::get_if<std::string>(&data)) {
            if (!is_utf8(*text)) {
                throw Failure{Kind::invalid, "archive.text",
                              "A text in column " + shape.columns[i].name + " of " + shape.name +
                                  " is not UTF-8 and cannot be moved."};
            }
            wire::append_json_string(out, *text);
        } else if (const auto* blob = std::get_if<Blob>(&data)) {
            out += '"' + to_base64(blob->bytes) + '"';
        } else {
            out += "null";
        }
    }
    out += "]\n";
}

std::vector<Value> read_line(const TableShape& shape, std::string_view line) {
    wire::Value json;
    try {
        json = wire::parse(line);
    } catch (const Failure& failure) {
        throw no_line(shape, failure.message);
    }
    const wire::Array* items = json.if_array();
    if (items == nullptr || items->size() != shape.columns.size()) {
        throw no_line(shape, "it has another number of columns");
    }
    std::vector<Value> values;
    values.reserve(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) {
        values.push_back(value_of((*items)[i], shape, shape.columns[i]));
    }
    return values;
}

}  // namespace loquat::store
