#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "wire/codec.hpp"

// What the registry tells of instances on its own paths (docs/protocols/eureka.md, "Watching").
namespace loquat::contracts {

// One running copy of an application.
struct RegistryInstance {
    std::string application;  // in capitals, as Eureka has it
    std::string id;           // unique within its application
    std::string host;
    std::int32_t port = 0;
    bool secure = false;      // `url` is https
    std::string url;          // http://host:port
    std::string status;       // UP, DOWN, STARTING, OUT_OF_SERVICE, UNKNOWN
    bool overridden = false;  // somebody decided the status, not the instance
    std::string zone;
    std::int32_t weight = 100;
    std::string version;
    std::vector<std::string> contracts;
    wire::Value metadata;  // an object of texts, as the instance gave it
    Time since;            // when it came
    Time last_heard;       // when it renewed its lease last
    std::string reason;    // why nobody should call it; empty while it is up

    static constexpr std::array fields{
        wire::Field{"status", 1, 16, "UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN."},
        wire::Field{"weight", 0, 10'000, "How many of all calls it takes; most have 100."},
    };
};
BOOST_DESCRIBE_STRUCT(RegistryInstance, (),
                      (application, id, host, port, secure, url, status, overridden, zone, weight,
                       version, contracts, metadata, since, last_heard, reason))

// GET /api/registry/apps: a page in the order of application and id.
struct RegistryPage {
    std::vector<RegistryInstance> items;
    std::optional<std::string> next;  // hand it in as `after`; absent on the last page
    std::string epoch;
    std::uint64_t version = 0;
    std::uint64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(RegistryPage, (), (items, next, epoch, version, total))

// The events of GET /api/registry/watch.  An epoch is one run of one registry: versions of
// another one say nothing.

// Forget everything: what follows until `current` is all there is.
struct RegistryReset {
    static constexpr std::string_view event_type = "reset";
    std::string epoch;
    std::uint64_t instances = 0;
};
BOOST_DESCRIBE_STRUCT(RegistryReset, (), (epoch, instances))

// Some of them, after a reset.
struct RegistryInstances {
    static constexpr std::string_view event_type = "instances";
    std::vector<RegistryInstance> items;
};
BOOST_DESCRIBE_STRUCT(RegistryInstances, (), (items))

// Everything up to this version has been told.
struct RegistryCurrent {
    static constexpr std::string_view event_type = "current";
    std::string epoch;
    std::uint64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(RegistryCurrent, (), (epoch, version))

enum class RegistryAction { added, modified, removed };
BOOST_DESCRIBE_ENUM(RegistryAction, added, modified, removed)

// One instance as it is now.  Of several changes of one only the last may be told.
struct RegistryChange {
    static constexpr std::string_view event_type = "change";
    std::string epoch;
    std::uint64_t version = 0;
    RegistryAction action = RegistryAction::added;
    RegistryInstance instance;
};
BOOST_DESCRIBE_STRUCT(RegistryChange, (), (epoch, version, action, instance))

}  // namespace loquat::contracts
