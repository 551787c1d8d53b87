#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/config/follow.hpp"
#include "net/http/client.hpp"
#include "runtime/config/config.hpp"
#include "runtime/platform/platform_config.hpp"

namespace loquat::runtime {

// Where the settings of a process come from beside its own: `platform.config_server`.
struct ConfigServer {
    std::vector<std::string> urls;      // tried in turn
    std::vector<std::string> services;  // of this process
    std::string profile;
    std::string label;
    PlatformTlsConfig tls;

    // applications=loquat,auth&profile=dev
    std::string query() const;
};

// http://[user:password@]host:port, or https://
struct ConfigServerAddress {
    net::http::Origin origin;
    std::string authorization;  // of HTTP Basic; empty: none
    std::string shown;          // without the password
};
std::optional<ConfigServerAddress> parse_config_server(std::string_view url);
net::http::ClientRequest request_to(const ConfigServerAddress& address, std::string target);

// What to say of an answer that is none of a config server's.
std::string describe_refusal(int status, std::string_view body);

// What holds now.  Blocks, at most two seconds for each server and not on a loop's thread.  Throws
// Failure `config.server_away` (unavailable) with what was wrong with each.
contracts::ConfigState read_state(const ConfigServer& server);

std::vector<ServedSetting> to_served(const contracts::ConfigState& state);

// The copy in the data folder of what was last good; none when there is none for this query, or it
// is damaged.
struct SavedState {
    contracts::ConfigState state;
    Time saved_at;
};
std::optional<SavedState> read_saved_state(const std::filesystem::path& data,
                                           const ConfigServer& server);
// Readable by this user alone.  Throws Failures of files.
void save_state(const std::filesystem::path& data, const ConfigServer& server,
                const contracts::ConfigState& state, Time now);

// A configuration with what the config server gave, where one is named.
struct LoadedConfig {
    Config config;
    ConfigSources sources;                        // with what was served
    std::optional<ConfigServer> server;           // none: nothing is followed
    std::optional<contracts::ConfigState> state;  // what it gave, now or at another time
    bool is_fresh = false;                        // now
    std::vector<std::string> notes;               // one line for people each
};

// Reads the sources, and asks the config server that they name.  Where it is away or gives what
// would not start, what it gave last is taken.  Blocks.  Throws as Config::load.
LoadedConfig load_config(const std::vector<ConfigSection>& sections, ConfigSources sources,
                         std::vector<std::string> services, const std::filesystem::path& data);

}  // namespace loquat::runtime
