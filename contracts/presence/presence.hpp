#pragma once
#include "contracts/core/operation.hpp"

// Who is there.  Only people one shares a conversation with are ever answered.
namespace loquat::contracts {

enum class PresenceState { online, away, offline };
BOOST_DESCRIBE_ENUM(PresenceState, online, away, offline)

struct Presence {
    UserId user_id;
    PresenceState state = PresenceState::offline;
    std::optional<Time> last_seen_at;

    static constexpr std::array<std::string_view, 1> nulls{"last_seen_at"};
};
BOOST_DESCRIBE_STRUCT(Presence, (), (user_id, state, last_seen_at))

struct PresenceList {
    std::vector<Presence> items;
};
BOOST_DESCRIBE_STRUCT(PresenceList, (), (items))

struct GetPresenceRequest {
    std::vector<UserId> user_ids;
    static constexpr std::array fields{wire::Field{"user_ids", 1, 200, "Separated by commas."}};
};
BOOST_DESCRIBE_STRUCT(GetPresenceRequest, (), (user_ids))

// What one edge node knows of one person: how many connections, how many of them away, and whether
// one of them listens to the presence of others.
struct PresenceReportEntry {
    UserId user_id;
    std::int32_t connections = 0;
    std::int32_t away = 0;
    bool watching = false;

    static constexpr std::array<std::string_view, 1> defaulted{"watching"};
};
BOOST_DESCRIBE_STRUCT(PresenceReportEntry, (), (user_id, connections, away, watching))

// A node's lease: `entries` are changes, or everything when `whole` is true.  A node that does not
// report for 30 s is taken as gone.
struct PresenceReport {
    std::string node;
    bool whole = false;
    std::vector<PresenceReportEntry> entries;
};
BOOST_DESCRIBE_STRUCT(PresenceReport, (), (node, whole, entries))

class PresenceApi {
  public:
    virtual ~PresenceApi() = default;

    virtual Task<PresenceList> get_presence(Caller caller, GetPresenceRequest request) = 0;
    virtual Task<void> report(Caller caller, PresenceReport request) = 0;
};

template <>
struct Table<PresenceApi> {
    static constexpr std::string_view service = "presence";
    static constexpr std::tuple routes{
        Route<&PresenceApi::get_presence>{
            {.method = "GET", .path = "/api/presence", .summary = "Who is there"}},
        Route<&PresenceApi::report>{{.method = "POST",
                                     .path = "/internal/presence/report",
                                     .summary = "An edge node's lease",
                                     .access = Access::internal,
                                     .body_bytes_max = 1 << 20}},
    };
};

std::vector<Operation> presence_operations();

}  // namespace loquat::contracts
