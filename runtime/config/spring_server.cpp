#include "runtime/config/spring_server.hpp"

#include <algorithm>
#include <set>

#include "base/failure.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"

namespace loquat::runtime {
namespace {

constexpr std::size_t settings_max = 100'000;

Failure no_environment(const char* why) {
    return {Kind::unavailable, "config.server_away",
            std::string{"it does not answer as a config server: "} + why};
}

std::string text_of(const wire::Value* value) {
    const std::string* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? *text : std::string{};
}

// `gateway.yml` of file:/configs/gateway.yml or https://host/repo.git/gateway.yml (document #0).
std::string file_of(std::string name) {
    name = hide_credentials(name.substr(0, name.find(" (")));
    return name.substr(name.find_last_of("/\\") + 1);
}

// `:3` of `Config Server /configs/gateway.yml:3:17`.
std::string line_of(const std::string& origin) {
    const auto parts = split(origin, ':');
    const bool is_whole =
        parts.size() >= 3 && parse_number(parts.back()) && parse_number(parts[parts.size() - 2]);
    return is_whole ? ":" + std::string{parts[parts.size() - 2]} : std::string{};
}

// routes of routes[0].id; empty for what is in no list.
std::string list_of(const std::string& path) {
    const std::size_t bracket = path.find('[');
    return bracket == std::string::npos ? std::string{} : path.substr(0, bracket);
}

class Reader {
  public:
    void add(const wire::Value& source) {
        const std::string file = file_of(text_of(source.find("name")));
        const wire::Value* found = source.find("source");
        const wire::Object* keys = found != nullptr ? found->if_object() : nullptr;
        if (keys == nullptr) {
            throw no_environment("a source has no keys");
        }
        std::set<std::string> lists;  // of this source
        for (const auto& [path, value] : *keys) {
            const std::string list = list_of(path);
            if (paths_.contains(path) || lists_.contains(list.empty() ? path : list) ||
                (!list.empty() && paths_.contains(list))) {
                continue;
            }
            if (!list.empty()) {
                lists.insert(list);
            }
            paths_.insert(path);
            take(path, value, file);
        }
        lists_.merge(lists);
    }
    std::vector<contracts::ConfigSetting> settings() { return std::move(settings_); }

  private:
    void take(const std::string& path, const wire::Value& value, const std::string& file) {
        if (settings_.size() == settings_max) {
            throw no_environment("it has too many keys");
        }
        const bool is_placed = value.if_object() != nullptr;
        const wire::Value* plain = is_placed ? value.find("value") : &value;
        std::string text;
        if (plain != nullptr && !plain->is_null()) {
            text = plain->if_string() != nullptr ? *plain->if_string() : wire::to_json(*plain);
        }
        // What the server itself says is for everybody.
        const bool is_shared = file.starts_with("application") || file == "overrides";
        const std::string line = is_placed ? line_of(text_of(value.find("origin"))) : std::string{};
        settings_.push_back({path, std::move(text), file + line, is_shared});
    }

    std::set<std::string> paths_;
    std::set<std::string> lists_;  // that a stronger source has
    std::vector<contracts::ConfigSetting> settings_;
};

}  // namespace

std::string environment_target(const ConfigServer& server) {
    std::string names = "loquat";
    for (const std::string& service : server.services) {
        names += "," + service;
    }
    return "/" + names + "/" + percent_encode(server.profile.empty() ? "default" : server.profile) +
           (server.label.empty() ? "" : "/" + percent_encode(server.label));
}

contracts::ConfigState state_of_environment(const wire::Value& environment) {
    const wire::Value* found = environment.find("propertySources");
    const wire::Array* sources = found != nullptr ? found->if_array() : nullptr;
    if (sources == nullptr) {
        throw no_environment("there are no propertySources");
    }
    Reader reader;
    for (const wire::Value& source : *sources) {
        reader.add(source);
    }
    return {.label = text_of(environment.find("label")),
            .version = text_of(environment.find("version")),
            .settings = reader.settings()};
}

}  // namespace loquat::runtime
