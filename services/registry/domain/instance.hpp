#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace loquat::registry {

// What an instance says of itself, or what somebody decided for it.
enum class Status : std::uint8_t { up, down, starting, out_of_service, unknown };
inline constexpr std::size_t status_count = 5;
using StatusCounts = std::array<std::size_t, status_count>;
// `UP`, `DOWN`, `STARTING`, `OUT_OF_SERVICE`, `UNKNOWN`.
std::string_view to_text(Status status);
// In any case of letters.
std::optional<Status> find_status(std::string_view text);
// What is not one of them is `unknown`, as Eureka has it.
Status status_of(std::string_view text);

// Eureka's hash of everything: how many have each status, by the alphabet: `DOWN_1_UP_3_`; of
// nothing it is empty.
std::string hash_code_of(const StatusCounts& counts);

// What became of an instance last.
enum class Action : std::uint8_t { added, modified, deleted };
std::string_view to_text(Action action);  // `ADDED`, `MODIFIED`, `DELETED`

// Why an instance is not here any more.
enum class Departure : std::uint8_t { none, canceled, lease_ended, connection_broke };
// A sentence for people; empty for none.
std::string_view to_text(Departure departure);

// In the order in which they were given.
using Texts = std::vector<std::pair<std::string, std::string>>;
// Sets or replaces one.
void set_text(Texts& texts, std::string_view name, std::string value);

struct Port {
    std::int32_t number = 0;
    bool is_enabled = false;

    friend bool operator==(const Port&, const Port&) = default;
};

struct DataCenter {
    std::string class_name = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";
    std::string name = "MyOwn";
    Texts metadata;  // of Amazon's

    friend bool operator==(const DataCenter&, const DataCenter&) = default;
};

struct Lease {
    std::chrono::seconds renewal{30};   // how often the instance means to renew it
    std::chrono::seconds duration{90};  // how long it may be silent
    Time registered_at{};
    Time renewed_at{};
    Time evicted_at{};
    Time up_since{};

    friend bool operator==(const Lease&, const Lease&) = default;
};

// One running copy of an application, as Eureka's InstanceInfo.  Empty texts are left out on the
// wire.
struct Instance {
    std::string id;
    std::string app;  // upper case
    std::string app_group;
    std::string host_name;
    std::string ip_address;
    std::string vip_address;  // may be a list with commas
    std::string secure_vip_address;
    std::string asg_name;
    std::string sid;
    std::string home_page_url;
    std::string status_page_url;
    std::string health_check_url;
    std::string secure_health_check_url;
    Port port{7001, true};
    Port secure_port{7002, false};
    std::int32_t country_id = 1;
    DataCenter data_center;
    Lease lease;
    Texts metadata;
    Status status = Status::up;
    Status overridden_status = Status::unknown;
    bool is_coordinating = false;
    Time updated_at{};
    Time dirty_at{};  // of the instance's own last change, by its own clock
    Action action = Action::added;

    friend bool operator==(const Instance&, const Instance&) = default;
};

// What an instance takes of memory, about.
std::size_t bytes_of(const Instance& instance);

// An application's name in the registry: letters of ASCII in upper case.
std::string to_app_name(std::string_view text);

// What must be there of an instance, in the order in which Eureka looks; empty: nothing is missing.
// `app` is the name in the path.
std::string missing_of(const Instance& instance, std::string_view app);

}  // namespace loquat::registry
