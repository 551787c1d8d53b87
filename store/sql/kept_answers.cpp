#include "store/sql/kept_answers.hpp"

#include "net/jose/digest.hpp"

namespace loquat::store {
namespace {

constexpr char schema[] = {
#embed "schema/kept_answers.sql"
};

}  // namespace

std::string_view kept_answers_schema() { return {schema, sizeof(schema)}; }

std::optional<KeyedRequest> KeyedRequest::of(const contracts::Caller& caller,
                                             std::string_view route, std::string_view asked,
                                             Time now) {
    if (!caller.user || caller.idempotency_key.empty()) {
        return std::nullopt;
    }
    contracts::check_idempotency_key(caller.idempotency_key);
    return KeyedRequest{.owner = *caller.user,
                        .route = std::string{route},
                        .key = caller.idempotency_key,
                        .digest = net::jose::sha256(asked),
                        .at = now};
}

std::optional<KeptAnswer> find_answer(Transaction& transaction, const KeyedRequest& request) {
    const Rows rows = transaction.query(
        "SELECT digest, status, body, etag FROM kept_answers WHERE owner_id = $1 AND route = $2 "
        "AND request_key = $3 AND kept_at > $4",
        {request.owner, request.route, request.key, request.at - answers_kept});
    if (rows.empty()) {
        return std::nullopt;
    }
    const Row row = rows.front();
    if (row.blob(0) != request.digest) {
        throw Failure{Kind::invalid, "request.key_reused",
                      "This Idempotency-Key was used for another request."};
    }
    return KeptAnswer{.status = row.integer(1), .body = row.text(2), .etag = row.text(3)};
}

void keep_answer(Transaction& transaction, const KeyedRequest& request, const KeptAnswer& answer) {
    transaction.execute(
        "INSERT INTO kept_answers (owner_id, route, request_key, digest, status, body, etag, "
        "kept_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (owner_id, route, "
        "request_key) DO UPDATE SET digest = $4, status = $5, body = $6, etag = $7, kept_at = $8",
        {request.owner, request.route, request.key, BlobView{request.digest}, answer.status,
         answer.body, answer.etag, request.at});
}

void drop_old_answers(Transaction& transaction, Time now, std::int64_t rows_max) {
    transaction.execute(
        "DELETE FROM kept_answers WHERE (owner_id, route, request_key) IN (SELECT owner_id, route, "
        "request_key FROM kept_answers WHERE kept_at <= $1 LIMIT $2)",
        {now - answers_kept, rows_max});
}

RunningRequests::Turn::Turn(std::set<Name>& running, Name name)
    : running_(&running), name_(std::move(name)) {}

RunningRequests::Turn::Turn(Turn&& other) noexcept
    : running_(std::exchange(other.running_, nullptr)), name_(std::move(other.name_)) {}

RunningRequests::Turn::~Turn() {
    if (running_ != nullptr) {
        running_->erase(name_);
    }
}

RunningRequests::Turn RunningRequests::begin(const KeyedRequest& request) {
    Name name{request.owner, request.route, request.key};
    if (!running_.insert(name).second) {
        throw Failure{Kind::conflict, "request.in_progress",
                      "The same request is running. Ask again in a moment."};
    }
    return {running_, std::move(name)};
}

}  // namespace loquat::store
