#include "store/postgres/failure.hpp"

#include <algorithm>
#include <array>

#include "store/sql/database.hpp"

namespace loquat::store {
namespace {

using std::chrono::seconds;

std::string field(const PqLibrary& pq, const PGresult& result, int which) {
    const char* text = pq.resultErrorField(&result, which);
    return text != nullptr ? text : "";
}

}  // namespace

Failure postgres_unavailable(std::string detail) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", std::move(detail)}
        .retry_in(seconds{1});
}

std::string unusable_postgres(std::string_view reason) {
    struct Mend {
        std::string_view sign;
        std::string_view mend;
    };
    constexpr std::array mends{
        Mend{"definition of service", "PGSERVICEFILE names the file that defines it."},
        Mend{"password", "Look at user and password of the URL, or at its passfile."},
        Mend{"certificate", "sslrootcert=FILE in the URL names the authority that is trusted."},
        Mend{"database", "`createdb` makes one; or look at the end of the URL."},
    };
    std::string said = "PostgreSQL cannot be used: " + std::string{reason};
    said.erase(said.find_last_not_of(" \n.") + 1);
    const auto found = std::ranges::find_if(
        mends, [reason](const Mend& one) { return reason.contains(one.sign); });
    return said + "." + (found == mends.end() ? "" : " " + std::string{found->mend});
}

Failure postgres_unknown(std::string detail) {
    return Failure{Kind::timed_out, "upstream.timeout", "The answer did not come in time.",
                   std::move(detail)};
}

std::string columns_of_key(std::string_view table, std::string_view detail) {
    const std::size_t begin = detail.find('(');
    const std::size_t end = detail.find(")=(");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
        return {};
    }
    std::string_view left = detail.substr(begin + 1, end - begin - 1);
    std::string columns;
    while (!left.empty()) {
        const std::size_t comma = left.find(", ");
        columns += columns.empty() ? "" : ", ";
        columns += std::string{table} + "." + std::string{left.substr(0, comma)};
        left = comma == std::string_view::npos ? std::string_view{} : left.substr(comma + 2);
    }
    return columns;
}

void throw_postgres(const PqLibrary& pq, const PGresult& result) {
    const std::string state = field(pq, result, PG_DIAG_SQLSTATE);
    const std::string detail = field(pq, result, PG_DIAG_MESSAGE_DETAIL);
    std::string text = state + " " + field(pq, result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == "23505") {
        const std::string table = field(pq, result, PG_DIAG_TABLE_NAME);
        throw ConstraintFailure{columns_of_key(table, detail), text + " " + detail};
    }
    if (state == "23503") {
        throw ConstraintFailure{"", text};
    }
    if (state.starts_with("23")) {
        throw Failure{Kind::internal, "store.constraint", "The data could not be stored.", text};
    }
    if (state == "53100") {
        throw Failure{Kind::unavailable, "store.full", "There is no space left to store this.",
                      text}
            .retry_in(seconds{5});
    }
    if (state == "54000" || state == "22001") {
        throw Failure{Kind::too_large, "store.too_large", "This is too large to store.", text};
    }
    if (state == "22021") {
        throw Failure{Kind::invalid, "store.text", "A text is not UTF-8.", text};
    }
    // A value that does not fit its column: with others the statement would be done.
    if (state.starts_with("22")) {
        throw Failure{Kind::internal, "store.constraint", "The data could not be stored.", text};
    }
    if (state == "42501" || state == "28000") {
        throw Failure{Kind::internal, "store.denied",
                      "The store does not let this program do this.", text};
    }
    if (state == "08P01") {
        throw Failure{Kind::internal, "store.statement", "The store could not do this.", text};
    }
    // Connections, resources, the operator, a limit of time, deadlocks, and writing where one
    // reads.
    for (const std::string_view passing : {"08", "53", "57", "58", "55", "40", "25"}) {
        if (state.starts_with(passing)) {
            throw postgres_unavailable(text);
        }
    }
    throw Failure{Kind::internal, "store.statement", "The store could not do this.", text};
}

}  // namespace loquat::store
