#include "store/redis/failure.hpp"

#include <utility>

namespace loquat::store {

Failure redis_unavailable(std::string detail) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", std::move(detail)}
        .retry_in(std::chrono::seconds{1});
}

Failure redis_unknown(std::string detail) {
    return Failure{Kind::timed_out, "upstream.timeout", "The answer did not come in time.",
                   std::move(detail)};
}

Failure redis_denied(std::string message) {
    return Failure{Kind::unavailable, "store.denied", std::move(message)};
}

Failure redis_unfit(std::string message) {
    return Failure{Kind::unavailable, "store.unfit", std::move(message)};
}

bool is_refusal(const Failure& failure) {
    return failure.code == "store.denied" || failure.code == "store.unfit";
}

}  // namespace loquat::store
