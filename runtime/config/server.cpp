#include "runtime/config/server.hpp"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "aio/run.hpp"
#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "net/jose/digest.hpp"
#include "runtime/config/spring_server.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/tls/platform_tls.hpp"
#include "store/file/file.hpp"

namespace loquat::runtime {
namespace {

constexpr auto read_time_max = std::chrono::milliseconds{2'000};
constexpr std::size_t state_bytes_max = 8 * 1024 * 1024;
constexpr const char* file_name = "config-server.json";

// The file: a line with the sum of what follows.
struct Saved {
    std::string query;
    Time saved_at;
    contracts::ConfigState state;
};
BOOST_DESCRIBE_STRUCT(Saved, (), (query, saved_at, state))

contracts::ConfigState read_from(const ConfigServerAddress& address, const ConfigServer& server,
                                 const PlatformTls& tls) {
    aio::Loop loop{"config-read"};
    net::http::Client client{loop,
                             tls.for_calls({.connect_time_max = std::chrono::milliseconds{1'000},
                                            .idle_per_origin_max = 0,
                                            .body_bytes_max = state_bytes_max},
                                           "config")};
    const auto ask = [&](const std::string& target) {
        net::http::ClientRequest request = request_to(address, target);
        request.headers.append("Accept", std::string{environment_type});
        return aio::run_to_end(
            loop,
            client.request(std::move(request), std::chrono::steady_clock::now() + read_time_max));
    };
    auto answer = ask("/api/config/state?" + server.query());
    const bool is_springs = answer.status == 404;
    if (is_springs) {
        answer = ask(environment_target(server));
    }
    if (answer.status == 200 && is_springs) {
        return state_of_environment(wire::parse(answer.body));
    }
    if (answer.status != 200) {
        throw Failure{Kind::unavailable, "config.server_away",
                      describe_refusal(answer.status, answer.body)};
    }
    return wire::decode<contracts::ConfigState>(wire::parse(answer.body));
}

ConfigServer server_of(const PlatformConfig& settings, std::vector<std::string> services) {
    return {.urls = settings.config_server,
            .services = std::move(services),
            .profile = settings.profile,
            .label = settings.config_label,
            .tls = settings.tls};
}

std::vector<ConfigSection> without_checks(std::vector<ConfigSection> sections) {
    for (ConfigSection& section : sections) {
        section.check = nullptr;
    }
    return sections;
}

// What is said on this machine.
struct LocalConfig {
    std::optional<Config> whole;  // none: what is said here is not enough to start with
    PlatformConfig platform;
};

// It may rest on what the config server says: then only the server's address counts at first.
LocalConfig load_local(const std::vector<ConfigSection>& sections, const ConfigSources& sources) {
    LocalConfig local;
    std::optional<Failure> wrong;
    try {
        local.whole = Config::load(sections, sources);
        local.platform = local.whole->get<PlatformConfig>("platform");
        return local;
    } catch (const Failure& failure) {
        wrong = failure;
    }
    try {
        local.platform =
            Config::load(without_checks(sections), sources).get<PlatformConfig>("platform");
    } catch (const Failure&) {
        throw Failure{*wrong};  // all that is wrong, not only the form
    }
    if (local.platform.config_server.empty()) {
        throw Failure{*wrong};
    }
    return local;
}

}  // namespace

std::string ConfigServer::query() const {
    std::string applications = "loquat";
    for (const std::string& service : services) {
        applications += "," + service;
    }
    return "applications=" + applications + "&profile=" + percent_encode(profile) +
           (label.empty() ? "" : "&label=" + percent_encode(label));
}

std::optional<ConfigServerAddress> parse_config_server(std::string_view url) {
    const std::string shown = hide_credentials(std::string{url});
    std::string plain{url};
    std::string authorization;
    const std::size_t begin = url.find("://");
    const std::size_t at = url.rfind('@');
    if (begin != std::string_view::npos && at != std::string_view::npos && at > begin) {
        const auto user = percent_decode(url.substr(begin + 3, at - begin - 3));
        if (!user) {
            return std::nullopt;
        }
        authorization = "Basic " + to_base64(*user);
        plain = std::string{url.substr(0, begin + 3)} + std::string{url.substr(at + 1)};
    }
    while (plain.ends_with('/')) {
        plain.pop_back();
    }
    auto origin = net::http::Origin::parse(plain);
    if (!origin) {
        return std::nullopt;
    }
    return ConfigServerAddress{*std::move(origin), authorization, shown};
}

net::http::ClientRequest request_to(const ConfigServerAddress& address, std::string target) {
    net::http::ClientRequest request{.origin = address.origin, .target = std::move(target)};
    if (!address.authorization.empty()) {
        request.headers.append("Authorization", address.authorization);
    }
    return request;
}

std::string describe_refusal(int status, std::string_view body) {
    return body.contains("\"http.needs_tls\"") ? "it speaks TLS: name it with https://"
                                               : "it answers " + std::to_string(status);
}

contracts::ConfigState read_state(const ConfigServer& server) {
    const SystemClock clock;
    const PlatformTls tls{server.tls, {}, clock};
    std::string problems;
    for (const std::string& url : server.urls) {
        const auto address = parse_config_server(url);
        if (!address) {
            continue;
        }
        try {
            return read_from(*address, server, tls);
        } catch (const Failure& failure) {
            problems += (problems.empty() ? "" : "; ") + address->shown + ": " + failure.message;
            if (is_of_tls(failure)) {
                problems += " (" + failure.detail + ")";
            }
        }
    }
    throw Failure{Kind::unavailable, "config.server_away", problems};
}

std::vector<ServedSetting> to_served(const contracts::ConfigState& state) {
    constexpr std::size_t version_shown = 7;
    std::string place = state.label;
    if (!state.version.empty()) {
        place += (place.empty() ? "" : " ") + state.version.substr(0, version_shown);
    }
    const std::string end = place.empty() ? "" : " (" + place + ")";
    std::vector<ServedSetting> served;
    for (const contracts::ConfigSetting& one : state.settings) {
        served.push_back({.path = one.path,
                          .value = one.value,
                          .origin = "config server " + one.origin + end,
                          .is_shared = one.shared});
    }
    return served;
}

std::optional<SavedState> read_saved_state(const std::filesystem::path& data,
                                           const ConfigServer& server) {
    std::ifstream in{data / file_name};
    std::string sum;
    std::getline(in, sum);
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (text.empty() || sum != to_hex(net::jose::sha256(text))) {
        return std::nullopt;
    }
    try {
        auto saved = wire::decode<Saved>(wire::parse(text));
        if (saved.query == server.query()) {
            return SavedState{std::move(saved.state), saved.saved_at};
        }
    } catch (const Failure&) {
        // Of another version of the program.
    }
    return std::nullopt;
}

void save_state(const std::filesystem::path& data, const ConfigServer& server,
                const contracts::ConfigState& state, Time now) {
    const std::string text =
        wire::encode(Saved{.query = server.query(), .saved_at = now, .state = state});
    const std::filesystem::path file = data / file_name;
    store::replace_file(file, to_hex(net::jose::sha256(text)) + "\n" + text);
    ::chmod(file.c_str(), S_IRUSR | S_IWUSR);
}

LoadedConfig load_config(const std::vector<ConfigSection>& sections, ConfigSources sources,
                         std::vector<std::string> services, const std::filesystem::path& data) {
    LoadedConfig loaded{.sources = std::move(sources)};
    LocalConfig local = load_local(sections, loaded.sources);
    if (local.platform.config_server.empty()) {
        loaded.config = std::move(*local.whole);
        return loaded;
    }
    loaded.server = server_of(local.platform, std::move(services));
    auto saved = read_saved_state(data, *loaded.server);
    const std::string old = saved ? "what it said at " + to_rfc3339(saved->saved_at) + " holds"
                                  : "nothing of it is known";
    try {
        loaded.state = read_state(*loaded.server);
        loaded.is_fresh = true;
    } catch (const Failure& failure) {
        loaded.notes.push_back("the config server is away, " + old + ": " + failure.message);
    }
    const auto load_with = [&](const std::optional<contracts::ConfigState>& state) {
        loaded.sources.served = state ? to_served(*state) : std::vector<ServedSetting>{};
        loaded.config = Config::load(sections, loaded.sources);
    };
    try {
        if (!loaded.is_fresh && saved) {
            loaded.state = saved->state;
        }
        load_with(loaded.state);
    } catch (const Failure& failure) {
        if (!saved || !loaded.is_fresh) {
            throw;
        }
        loaded.notes.push_back("what the config server says would not start, " + old + ": " +
                               failure.message);
        loaded.is_fresh = false;
        loaded.state = saved->state;
        load_with(loaded.state);
    }
    return loaded;
}

}  // namespace loquat::runtime
