#pragma once
#include "contracts/core/route.hpp"
#include "contracts/product/product.hpp"

// Many products at once.
namespace loquat::contracts {

// A line that was not taken; nothing of its product was.
struct ImportError {
    std::int64_t line = 0;  // from 1; in DummyJSON the place among the products
    std::string code;
    std::optional<std::string> field;
    std::optional<std::string> message;  // for people
};
BOOST_DESCRIBE_STRUCT(ImportError, (), (line, code, field, message))

struct ImportReport {
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t failed = 0;
    std::vector<ImportError> errors;

    static constexpr std::array fields{
        wire::Field{.name = "errors", .doc = "By line; the first 1000."}};
};
BOOST_DESCRIBE_STRUCT(ImportReport, (), (created, updated, failed, errors))

// A whole file: JSON lines, JSON or CSV, by what it holds.  It is no JSON of a request: the body of
// the call is `bytes` as it came, and `dry_run` (true: say what would be done, and do nothing)
// stands in the query.
struct ImportRequest {
    bool dry_run = false;
    std::string bytes;
};

struct UpsertLine {
    std::int64_t line = 0;
    ProductInput product;
};
BOOST_DESCRIBE_STRUCT(UpsertLine, (), (line, product))

// In the place of the products with their SKUs, or new ones.
struct UpsertRequest {
    bool dry_run = false;
    std::vector<UpsertLine> lines;

    static constexpr std::array fields{wire::Field{"lines", 1, 1000, ""}};
};
BOOST_DESCRIBE_STRUCT(UpsertRequest, (), (dry_run, lines))

}  // namespace loquat::contracts
