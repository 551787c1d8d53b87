#include "apps/loquat/processes/servers.hpp"

#include <algorithm>

#include "runtime/config/settings.hpp"
#include "wire/json.hpp"

namespace loquat::app {
namespace {

using Settings = std::vector<runtime::ConfigLine>;

// As JSON; empty for a setting that there is not.
std::string value_of(const Settings& settings, const std::string& path) {
    const auto found = std::ranges::find(settings, path, &runtime::ConfigLine::path);
    return found == settings.end() ? std::string{} : found->value;
}

std::string text_of(const Settings& settings, const std::string& path) {
    const std::string value = value_of(settings, path);
    const wire::Value parsed = value.empty() ? wire::Value{} : wire::parse(value);
    return parsed.if_string() != nullptr ? *parsed.if_string() : std::string{};
}

bool has_anything_to_serve(const std::string& service, const Settings& settings) {
    return service != "config" || !text_of(settings, "config.folder").empty() ||
           !text_of(settings, "config.git.uri").empty();
}

// Where this machine reaches what listens there.
std::string host_of(const std::string& address) {
    if (address.empty() || address == "0.0.0.0" || address == "::") {
        return "127.0.0.1";
    }
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

std::vector<HandedOn> use_own_servers(std::vector<ProcessPlan>& plan, const Settings& settings) {
    std::vector<HandedOn> handed_on;
    for (const auto& [service, setting] : {std::pair{"config", "platform.config_server"},
                                           std::pair{"registry", "platform.registry"}}) {
        const auto process = std::ranges::find(plan, service, &ProcessPlan::name);
        const std::string name = service;
        // A password is not shown to us: then the user names the server with it.
        const bool is_open = text_of(settings, name + ".password").empty();
        if (process == plan.end() || value_of(settings, setting) != "[]" || !is_open ||
            !has_anything_to_serve(name, settings)) {
            continue;
        }
        std::string port = value_of(settings, name + ".port");
        if (port == "0") {
            port = std::to_string(choose_port());
        }
        process->turn = name == "config" ? Turn::first : Turn::second;
        process->settings.insert(process->settings.end(),
                                 {name + ".port=" + port, std::string{setting} + "=[]"});
        const std::string url = (process->is_secure ? "https://" : "http://") +
                                host_of(text_of(settings, name + ".address")) + ":" + port;
        handed_on.push_back(
            {runtime::variable_of_setting(setting), wire::to_json(wire::Array{url})});
    }
    return handed_on;
}

}  // namespace loquat::app
