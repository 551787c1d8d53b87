#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contracts/core/operation.hpp"

// How an operator looks at records that could not be stored, and brings them back.  Failures:
// dead.not_found, dead.cut, request.invalid, and those of the log.
namespace loquat::contracts {

// A record that was given up.  `id` is where it lies: TOPIC/PARTITION/OFFSET of the dead.
struct DeadEntry {
    std::string id;
    std::string topic;  // where it was, and its place there
    std::int64_t partition = 0;
    std::int64_t offset = 0;
    std::string log;
    std::string key;  // base64 when it is no text
    std::string reason;
    std::string detail;
    std::int64_t tries = 0;
    Time given_up_at{};
    std::int64_t bytes = 0;              // that it had
    bool whole = true;                   // all of them were kept
    std::optional<std::string> payload;  // base64; only where one is asked for
};
BOOST_DESCRIBE_STRUCT(DeadEntry, (),
                      (id, topic, partition, offset, log, key, reason, detail, tries, given_up_at,
                       bytes, whole, payload))

struct ListDeadRequest {
    std::optional<std::string> topic;  // of one only
    std::optional<std::string> after;  // an id; those behind it
    std::int32_t limit = 50;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"limit", 1, 200, ""}};
};
BOOST_DESCRIBE_STRUCT(ListDeadRequest, (), (topic, after, limit))

struct DeadPage {
    std::vector<DeadEntry> items;
    bool more = false;
};
BOOST_DESCRIBE_STRUCT(DeadPage, (), (items, more))

struct DeadRef {
    std::string id;

    static constexpr std::array fields{wire::Field{"id", 1, 200, ""}};
};
BOOST_DESCRIBE_STRUCT(DeadRef, (), (id))

class DeadApi {
  public:
    virtual ~DeadApi() = default;
    // Those that were neither retried nor dropped, in the order of their ids' places.
    virtual Task<DeadPage> list_dead(Caller caller, ListDeadRequest request) = 0;
    virtual Task<DeadEntry> get_dead(Caller caller, DeadRef request) = 0;
    // Appends it again, behind what its topic has, with the key that it had.  Twice is harmless, as
    // with every record.  `dead.cut` (409) when not all of its bytes were kept.
    virtual Task<void> retry_dead(Caller caller, DeadRef request) = 0;
    // Nobody sees it any more.
    virtual Task<void> drop_dead(Caller caller, DeadRef request) = 0;
};

template <>
struct Table<DeadApi> {
    static constexpr std::string_view service = "consumer";
    static constexpr std::tuple routes{
        Route<&DeadApi::list_dead>{{.method = "POST",
                                    .path = "/internal/dead/list",
                                    .summary = "Records that could not be stored",
                                    .access = Access::internal,
                                    .repeat = Repeat::safe}},
        Route<&DeadApi::get_dead>{{.method = "POST",
                                   .path = "/internal/dead/get",
                                   .summary = "One of them",
                                   .access = Access::internal,
                                   .repeat = Repeat::safe}},
        Route<&DeadApi::retry_dead>{{.method = "POST",
                                     .path = "/internal/dead/retry",
                                     .summary = "Try one of them again",
                                     .access = Access::internal,
                                     .status = 204,
                                     .repeat = Repeat::safe}},
        Route<&DeadApi::drop_dead>{{.method = "POST",
                                    .path = "/internal/dead/drop",
                                    .summary = "Give one of them up for good",
                                    .access = Access::internal,
                                    .status = 204,
                                    .repeat = Repeat::safe}},
    };
};

std::vector<Operation> dead_operations();

}  // namespace loquat::contracts
