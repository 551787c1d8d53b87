#include "services/product/import/csv_products.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "wire/limits.hpp"

namespace loquat::product {
namespace {

constexpr std::string_view attribute_prefix = "attributes.";
constexpr auto known_columns = std::to_array<std::string_view>(
    {"sku", "name", "price", "price.amount", "price.currency", "currency", "ean", "description",
     "brand", "category", "stock", "images", "rating", "tax_rate"});

Failure bad_columns(const std::string& message) {
    return {Kind::invalid, "import.columns", "The first line must name the columns: " + message};
}

template <class Number>
Number number_of(std::string_view column, std::string_view cell) {
    Number number{};
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (error != std::errc{} || end != cell.data() + cell.size()) {
        throw invalid_field(std::string{column}, "type", "must be a number");
    }
    return number;
}

std::optional<std::string> some(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

// Numbers and flags are what they look like; a code with zeros before it stays a text.
wire::Value attribute_value(const std::string& cell) {
    if (cell == "true" || cell == "false") {
        return cell == "true";
    }
    double number = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    const bool is_number = error == std::errc{} && end == cell.data() + cell.size();
    const bool is_written_so = is_number && wire::to_json(wire::Value{number}) == cell;
    const auto whole = is_number ? parse_number(cell) : std::nullopt;
    if (whole && std::to_string(*whole) == cell) {
        return *whole;
    }
    return is_written_so ? wire::Value{number} : wire::Value{cell};
}

}  // namespace

bool is_formula(std::string_view cell) {
    if (cell.empty()) {
        return false;
    }
    const char first = cell.front();
    if (first == '=' || first == '@' || first == '\t' || first == '\r') {
        return true;
    }
    // -5 and +5V are no formulas, -2+3 and +SUM(A1) are.
    return (first == '+' || first == '-') &&
           cell.substr(1).find_first_of("+-*/=(|!") != std::string_view::npos;
}

CsvProducts::CsvProducts(std::string_view text) : reader_(text) {
    const auto header = reader_.next();
    for (const std::string& cell : header ? header->cells : std::vector<std::string>{}) {
        std::string column{trim(cell)};
        if (!column.starts_with(attribute_prefix)) {
            column = to_lower_ascii(column);
        }
        const bool is_known =
            std::ranges::find(known_columns, column) != known_columns.end() ||
            (column.starts_with(attribute_prefix) && column.size() > attribute_prefix.size());
        if (!is_known || !is_utf8(column)) {
            throw bad_columns(is_utf8(column) ? "there is none called \"" + column + "\"."
                                              : "they are not UTF-8.");
        }
        if (std::ranges::find(columns_, column) != columns_.end()) {
            throw bad_columns(column + " is there twice.");
        }
        columns_.push_back(std::move(column));
    }
    const auto has = [this](std::string_view column) {
        return std::ranges::find(columns_, column) != columns_.end();
    };
    if (!has("sku") || !has("name") || (!has("price") && !has("price.amount"))) {
        throw bad_columns("sku, name and price are needed.");
    }
}

const std::string& CsvProducts::cell(const Record& record, std::string_view column) const {
    static const std::string none;
    const auto at = std::ranges::find(columns_, column);
    return at == columns_.end() ? none
                                : record.cells[static_cast<std::size_t>(at - columns_.begin())];
}

contracts::Price CsvProducts::price_of(const Record& record) const {
    const std::string& named = cell(record, "price.currency");
    const std::string& currency = named.empty() ? cell(record, "currency") : named;
    contracts::Price price{
        .amount = 0, .currency = currency.empty() ? "USD" : currency, .text = {}};
    const std::string& minor = cell(record, "price.amount");
    if (!minor.empty()) {
        price.amount = number_of<std::int64_t>("price.amount", minor);
        return price;
    }
    const auto known = Currency::parse(price.currency);
    if (!known) {
        throw invalid_field("currency", "currency", "must be a currency of ISO 4217, such as EUR");
    }
    const auto amount = parse_amount(cell(record, "price"), *known);
    if (!amount) {
        throw invalid_field("price", "amount", "must be an amount such as 19.99, of 0 or more");
    }
    price.amount = *amount;
    return price;
}

contracts::ProductInput CsvProducts::to_product(const Record& record) const {
    contracts::ProductInput input;
    input.sku = cell(record, "sku");
    input.name = cell(record, "name");
    input.ean = some(cell(record, "ean"));
    input.description = cell(record, "description");
    input.brand = some(cell(record, "brand"));
    input.category = some(cell(record, "category"));
    input.price = price_of(record);
    for (const std::string_view image : split(cell(record, "images"), '|')) {
        if (!trim(image).empty()) {
            input.images.emplace_back(trim(image));
        }
    }
    if (const std::string& stock = cell(record, "stock"); !stock.empty()) {
        input.stock = number_of<std::int64_t>("stock", stock);
    }
    if (const std::string& rating = cell(record, "rating"); !rating.empty()) {
        input.rating = number_of<double>("rating", rating);
    }
    if (const std::string& rate = cell(record, "tax_rate"); !rate.empty()) {
        input.tax_rate = number_of<std::int64_t>("tax_rate", rate);
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].starts_with(attribute_prefix) && !record.cells[i].empty()) {
            input.attributes[columns_[i].substr(attribute_prefix.size())] =
                attribute_value(record.cells[i]);
        }
    }
    return input;
}

std::optional<ImportLine> CsvProducts::next() {
    auto record = reader_.next();
    if (!record) {
        return std::nullopt;
    }
    ImportLine line{.line = record->line, .product = {}};
    try {
        if (record->is_open) {
            throw Failure{Kind::invalid, "import.open_quote",
                          "A quotation mark is not closed: the rest of the file is in it."};
        }
        if (record->cells.size() != columns_.size()) {
            throw Failure{Kind::invalid, "import.cells",
                          "There are " + std::to_string(record->cells.size()) + " cells for " +
                              std::to_string(columns_.size()) + " columns."};
        }
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            std::string& cell = record->cells[i];
            if (!is_utf8(cell)) {
                throw Failure{Kind::invalid, "import.not_utf8", "The text is not UTF-8."}.at(
                    columns_[i], "not_utf8", "is not UTF-8");
            }
            cell = std::string{trim(cell)};
            if (is_formula(cell)) {
                throw Failure{Kind::invalid, "import.formula", "The cell is a formula."}.at(
                    columns_[i], "formula", "is a formula, which is not taken");
            }
        }
        line.product = to_product(*record);
        wire::check_limits(*line.product);
    } catch (const Failure& failure) {
        line.product.reset();
        line.error = to_import_error(line.line, failure);
    }
    return line;
}

}  // namespace loquat::product
