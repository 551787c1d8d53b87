#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::product {

// The records of a CSV text (RFC 4180), with commas, semicolons or tabs between cells, whichever
// the first line has; lines end with LF, CRLF or CR, and a cell in quotation marks may hold them.
// Any bytes are allowed.
class CsvReader {
  public:
    explicit CsvReader(std::string_view text);

    struct Record {
        std::size_t line = 0;  // where it begins, from 1
        std::vector<std::string> cells;
        bool is_open = false;  // a quotation mark is not closed: the rest of the text is in it
    };
    // None at the end; lines with nothing on them are passed over.
    std::optional<Record> next();

  private:
    std::string take_cell(Record& record);
    std::string take_quoted(Record& record);
    bool at_line_end() const;
    void step_over_line_end();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    char separator_ = ',';
};

}  // namespace loquat::product
