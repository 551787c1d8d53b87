#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/archive/table_shape.hpp"
#include "store/sql/value.hpp"

// A row as a line of an archive: a JSON array with a value for each column, in their order.  Whole
// numbers and others are numbers, texts are strings, bytes are strings of base64, an absent value
// is null.  Equal rows are equal lines, whichever server they come from.
namespace loquat::store {

// The values of a row, by the kinds of its columns.  `store.unexpected_type` (500) when the
// database holds something else.
std::vector<Value> values_of(const TableShape& shape, const Row& row);

// `archive.text` (422) for a text that is not UTF-8, which no line can hold.
void append_line(std::string& out, const TableShape& shape, const std::vector<Value>& values);

// `archive.damaged` (422) for what is no such line.
std::vector<Value> read_line(const TableShape& shape, std::string_view line);

}  // namespace loquat::store
