#include "base/failure.hpp"

#include <array>

namespace loquat {
namespace {

struct Row {
    Kind kind;
    int status;
};

constexpr std::array rows{
    Row{Kind::invalid, 422},      Row{Kind::malformed, 400}, Row{Kind::unauthenticated, 401},
    Row{Kind::forbidden, 403},    Row{Kind::not_found, 404}, Row{Kind::not_allowed, 405},
    Row{Kind::conflict, 409},     Row{Kind::gone, 410},      Row{Kind::too_large, 413},
    Row{Kind::unsupported, 415},  Row{Kind::limited, 429},   Row{Kind::internal, 500},
    Row{Kind::unavailable, 503},  Row{Kind::timed_out, 504}, Row{Kind::unpaid, 402},
    Row{Kind::precondition, 412},
};

}  // namespace

int http_status(Kind kind) {
    for (const Row& row : rows) {
        if (row.kind == kind) {
            return row.status;
        }
    }
    return 500;
}

std::optional<Kind> kind_of_status(int status) {
    for (const Row& row : rows) {
        if (row.status == status) {
            return row.kind;
        }
    }
    return std::nullopt;
}

}  // namespace loquat
