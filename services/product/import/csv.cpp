#include "services/product/import/csv.hpp"

#include <algorithm>

namespace loquat::product {

CsvReader::CsvReader(std::string_view text) : text_(text) {
    const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
    std::ptrdiff_t most = 0;
    for (const char separator : {',', ';', '\t'}) {
        const auto count = std::ranges::count(first, separator);
        if (count > most) {
            most = count;
            separator_ = separator;
        }
    }
}

bool CsvReader::at_line_end() const {
    return at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r');
}

void CsvReader::step_over_line_end() {
    const bool is_pair = text_.substr(at_, 2) == "\r\n";
    at_ += is_pair ? 2 : 1;
    ++line_;
}

// Behind the opening mark. What follows the closing one up to the end of the cell belongs to it.
std::string CsvReader::take_quoted(Record& record) {
    std::string cell;
    while (at_ < text_.size()) {
        const char byte = text_[at_];
        if (byte == '"' && text_.substr(at_, 2) != "\"\"") {
            ++at_;
            return cell;
        }
        if (at_line_end()) {
            step_over_line_end();
            cell.push_back('\n');
            continue;
        }
        at_ += byte == '"' ? 2 : 1;
        cell.push_back(byte);
    }
    record.is_open = true;
    return cell;
}

std::string CsvReader::take_cell(Record& record) {
    std::string cell;
    if (at_ < text_.size() && text_[at_] == '"') {
        ++at_;
        cell = take_quoted(record);
    }
    while (at_ < text_.size() && text_[at_] != separator_ && !at_line_end()) {
        cell.push_back(text_[at_++]);
    }
    return cell;
}

std::optional<CsvReader::Record> CsvReader::next() {
    while (at_line_end()) {
        step_over_line_end();
    }
    if (at_ >= text_.size()) {
        return std::nullopt;
    }
    Record record{.line = line_, .cells = {}};
    for (;;) {
        record.cells.push_back(take_cell(record));
        if (at_ >= text_.size()) {
            return record;
        }
        if (at_line_end()) {
            step_over_line_end();
            return record;
        }
        ++at_;
    }
}

}  // namespace loquat::product
