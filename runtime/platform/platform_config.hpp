#pragma once
#include <chrono>

#include "runtime/calls/clients_config.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {

enum class LogStyle { automatic, json, pretty };
BOOST_DESCRIBE_ENUM(LogStyle, automatic, json, pretty)
enum class LogLevel { debug, info, warn, error };
BOOST_DESCRIBE_ENUM(LogLevel, debug, info, warn, error)

// What a service does whose own fixed port (the registry's 8761) somebody else has.
enum class TakenPort {
    go_on,   // without it, after a warning
    refuse,  // does not start
};

// One address of a service; a service that has several comes several times.
struct ServiceUrl {
    std::string service;
    std::string url;
    std::string zone;
    std::int32_t weight = 100;

    static constexpr std::array<std::string_view, 2> defaulted{"zone", "weight"};
    static constexpr std::array fields{
        wire::Field{"service", 1, 64, "Its name: auth, or one that a route names."},
        wire::Field{"url", 1, 2'000,
                    "http://host:port of its process; of a name with several addresses each is "
                    "an instance."},
        wire::Field{"zone", 0, 64, "Where it stands; those in platform.zone are called first."},
        wire::Field{"weight", 0, 10'000, "Its share of the calls beside others; 0: none."},
    };
};
BOOST_DESCRIBE_STRUCT(ServiceUrl, (), (service, url, zone, weight))

// How processes know each other by certificates.
struct PlatformTlsConfig {
    std::string ca;
    std::string certificate;
    std::string key;
    bool plain_too = false;

    static constexpr std::array fields{
        wire::Field{"ca", 0, 4'096,
                    "PEM file of the authority whose certificates are trusted: for https to other "
                    "processes, the registry and the config server."},
        wire::Field{"certificate", 0, 4'096,
                    "PEM file of this process's certificate, with the names of its services; with "
                    "it and key TLS is mutual, and takes the place of the internal key."},
        wire::Field{"key", 0, 4'096, "PEM file of its key."},
        wire::Field{.name = "plain_too",
                    .doc = "The ports of registry and config server also hear plain HTTP, for "
                           "programs of others."},
    };
};
BOOST_DESCRIBE_STRUCT(PlatformTlsConfig, (), (ca, certificate, key, plain_too))

// What concerns the process and not one service; section `platform`.
struct PlatformConfig {
    std::size_t edge_loops = 0;
    LogLevel log_level = LogLevel::info;
    LogStyle log_style = LogStyle::automatic;
    std::chrono::seconds drain_seconds{10};
    std::string token_issuer = "loquat";
    std::string token_audience = "loquat";
    std::size_t token_cache_entries = 16'384;
    std::string internal_key;
    PlatformTlsConfig tls;
    std::vector<ServiceUrl> urls;
    std::vector<std::string> registry;
    std::chrono::seconds registry_lease_seconds{6};
    std::string host;
    std::string zone;
    std::int32_t weight = 100;
    ClientsConfig clients;
    std::chrono::seconds neighbour_seconds_max{60};
    std::vector<std::string> config_server;
    std::string profile = "default";
    std::string config_label;
    std::vector<std::string> origins;
    std::int64_t disk_bytes_min = 64 * 1024 * 1024;

    static constexpr std::array<std::string_view, 1> live{"log_level"};
    static constexpr std::array fields{
        wire::Field{"edge_loops", 0, 256, "Threads that serve connections; 0: one per core."},
        wire::Field{.name = "log_level", .doc = "The least important records to write."},
        wire::Field{.name = "log_style",
                    .doc = "json, pretty, or automatic: pretty on a terminal."},
        wire::Field{"drain_seconds", 0, 600, "How long running requests may take at the end."},
        wire::Field{"token_issuer", 1, 200, "`iss` of access tokens."},
        wire::Field{"token_audience", 1, 200, "`aud` of access tokens."},
        wire::Field{"token_cache_entries", 0, 1'000'000,
                    "Verified tokens that each loop remembers."},
        wire::Field{"internal_key", 0, 256,
                    "The secret between services; made at the first start when empty."},
        wire::Field{.name = "tls", .doc = "Certificates between processes; `loquat certs`."},
        wire::Field{"urls", 0, 256,
                    "Where services of other processes are: {service, url}; one with several "
                    "addresses comes several times."},
        wire::Field{"registry", 0, 8,
                    "Registries, as http://host:port, where this process registers its services "
                    "and finds others; one is enough as long as it answers."},
        wire::Field{"registry_lease_seconds", 1, 3'600,
                    "How long this process stays registered without a word; it says one three "
                    "times as often. Shorter: one that sleeps or is cut off is known sooner."},
        wire::Field{"host", 0, 253,
                    "Under which name others reach this process, for its registration; empty: the "
                    "address on which it listens."},
        wire::Field{"zone", 0, 64, "Where this process stands: the same zone is called first."},
        wire::Field{"weight", 0, 10'000,
                    "Its share of the calls beside others, for its registration; 0: none."},
        wire::Field{.name = "clients", .doc = "How services of other processes are called."},
        wire::Field{"neighbour_seconds_max", 0, 3'600,
                    "How long a start waits for a service of another process that it needs."},
        wire::Field{"config_server", 0, 8,
                    "Config servers that give settings too, tried in turn: "
                    "http://[user:password@]host:8888; stronger than the file, weaker than the "
                    "environment."},
        wire::Field{"profile", 1, 200, "Profiles that they are asked for, such as dev,eu."},
        wire::Field{"config_label", 0, 200,
                    "Branch or tag that they are asked for; empty: theirs."},
        wire::Field{"origins", 0, 100,
                    "Origins of web pages besides our own that may call, connect and refresh by "
                    "cookie: https://a.example."},
        wire::Field{"disk_bytes_min", 0, std::int64_t{1} << 50,
                    "Warn below this much free space in the data folder."},
    };
};
BOOST_DESCRIBE_STRUCT(PlatformConfig, (),
                      (edge_loops, log_level, log_style, drain_seconds, token_issuer,
                       token_audience, token_cache_entries, internal_key, tls, urls, registry,
                       registry_lease_seconds, host, zone, weight, clients, neighbour_seconds_max,
                       config_server, profile, config_label, origins, disk_bytes_min))

}  // namespace loquat::runtime
