#pragma once
#include <optional>
#include <set>
#include <string>

#include "contracts/core/caller.hpp"
#include "store/sql/database.hpp"
#include "store/sql/migrations.hpp"

// Answers to requests with an Idempotency-Key, for a day: kept by the transaction that made what
// they tell of, so that either both are there or neither.  A service that uses this has the table
// (kept_answers_schema) in its own database.
namespace loquat::store {

constexpr std::chrono::hours answers_kept{24};

// A request that has a key: of one person for one route.
struct KeyedRequest {
    UserId owner;
    std::string route;
    std::string key;
    std::string digest;  // of what is asked
    Time at;

    // None where the caller gave no key, and for nobody: one person's key is not another's. `asked`
    // is the request, written in one way.
    static std::optional<KeyedRequest> of(const contracts::Caller& caller, std::string_view route,
                                          std::string_view asked, Time now);
};

struct KeptAnswer {
    std::int64_t status = 200;
    std::string body;
    std::string etag;  // empty: none
};

// A step for the service's own list of migrations.
std::string_view kept_answers_schema();

// What was answered then.  422 `request.key_reused` when something else was asked under this key.
std::optional<KeptAnswer> find_answer(Transaction& transaction, const KeyedRequest& request);
// After find_answer in the same transaction.
void keep_answer(Transaction& transaction, const KeyedRequest& request, const KeptAnswer& answer);
// At most `rows_max` of those whose day is over.
void drop_old_answers(Transaction& transaction, Time now, std::int64_t rows_max);

// What is being answered by this instance.  One loop.
class RunningRequests {
    using Name = std::tuple<UserId, std::string, std::string>;

  public:
    class Turn {
      public:
        Turn(std::set<Name>& running, Name name);
        Turn(Turn&& other) noexcept;
        Turn& operator=(Turn&&) = delete;
        ~Turn();

      private:
        std::set<Name>* running_;
        Name name_;
    };

    // 409 `request.in_progress` while the same one runs.
    Turn begin(const KeyedRequest& request);

  private:
    std::set<Name> running_;
};

}  // namespace loquat::store
