#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/codec.hpp"

namespace loquat::config {

struct GitConfig {
    std::string uri;
    std::string username;
    std::string password;
    std::chrono::seconds fetch_seconds{10};
    std::chrono::milliseconds fetch_ms_max{10'000};

    static constexpr std::array<std::string_view, 1> live{"fetch_seconds"};
    static constexpr std::array fields{
        wire::Field{"uri", 0, 2'000,
                    "A repository instead of a folder: https://, ssh://, file:// or a path."},
        wire::Field{"username", 0, 200, "Of the repository's server."},
        wire::Field{"password", 0, 4'000, "Or a token; ssh takes its keys from the agent."},
        wire::Field{"fetch_seconds", 1, 86'400, "How often the repository is asked for news."},
        wire::Field{"fetch_ms_max", 100, 600'000,
                    "How long one fetch may take; what was there before is served meanwhile."},
    };
};
BOOST_DESCRIBE_STRUCT(GitConfig, (), (uri, username, password, fetch_seconds, fetch_ms_max))

struct EncryptConfig {
    std::string key;
    std::string salt = "deadbeef";
    std::string key_file;
    bool strong = false;

    static constexpr std::array fields{
        wire::Field{"key", 0, 4'000, "The secret of `{cipher}` values."},
        wire::Field{"salt", 2, 200, "Hexadecimal; of the secret or of RSA."},
        wire::Field{"key_file", 0, 4'000, "A PEM with an RSA key instead of the secret."},
        wire::Field{.name = "strong", .doc = "With RSA: AES-GCM instead of AES-CBC."},
    };
};
BOOST_DESCRIBE_STRUCT(EncryptConfig, (), (key, salt, key_file, strong))

// A server of configuration (docs/protocols/config.md).
struct Config {
    std::int32_t port = 8888;
    std::string address = "127.0.0.1";
    std::string folder;
    std::vector<std::string> search_paths;
    std::string default_label;
    std::vector<std::string> overrides;
    bool accept_empty = true;
    std::string username = "user";
    std::string password;
    std::string monitor_secret;
    std::vector<std::string> refreshed_applications;
    std::chrono::milliseconds vote_ms_max{2'000};
    std::size_t followers_max = 1'000;
    GitConfig git;
    EncryptConfig encrypt;

    static constexpr std::array<std::string_view, 2> live{"accept_empty", "vote_ms_max"};
    static constexpr std::array fields{
        wire::Field{"port", 0, 65'535, "0: any free one."},
        wire::Field{"address", 1, 64, "Numeric; :: is every address."},
        wire::Field{"folder", 0, 4'000, "The folder with the files; they are watched."},
        wire::Field{"search_paths", 0, 64,
                    "Folders below it, or in the repository, that are read too, the last one "
                    "strongest: {application}, {profile}, {label} and * may stand in them."},
        wire::Field{"default_label", 0, 200,
                    "Branch or tag of who names none; empty: main, or master."},
        wire::Field{"overrides", 0, 1'000, "name=value, stronger than every file."},
        wire::Field{.name = "accept_empty",
                    .doc = "false: 404 for an application that has no file at all."},
        wire::Field{"username", 1, 200, "Who may ask, where there is a password."},
        wire::Field{
            "password", 0, 4'000,
            "Asked of every client (HTTP Basic); empty: whoever reaches the port may read."},
        wire::Field{"monitor_secret", 0, 4'000,
                    "What GitHub, GitLab, Gitea or Bitbucket sign their calls of /monitor with."},
        wire::Field{"refreshed_applications", 0, 1'000,
                    "Registered applications of others: a busrefresh posts /actuator/refresh to "
                    "each instance that platform.registry knows."},
        wire::Field{"vote_ms_max", 100, 60'000,
                    "A follower that has not judged a change by then is left behind."},
        wire::Field{"followers_max", 1, 100'000,
                    "Processes that follow; more are refused with 503."},
        wire::Field{.name = "git", .doc = "A repository instead of a folder."},
        wire::Field{.name = "encrypt", .doc = "Keys of `{cipher}` values."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (port, address, folder, search_paths, default_label, overrides, accept_empty,
                       username, password, monitor_secret, refreshed_applications, vote_ms_max,
                       followers_max, git, encrypt))

}  // namespace loquat::config
