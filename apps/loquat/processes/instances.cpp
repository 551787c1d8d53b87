#include "apps/loquat/processes/instances.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/stores/servers.hpp"
#include "services/gateway/config.hpp"

namespace loquat::app {
namespace {

Failure bad_instances(std::string_view text) {
    return {Kind::invalid, "processes.bad_instances",
            "--instances " + std::string{text} + ": a number from 1 to " +
                std::to_string(instances_max) +
                ", or services with theirs, as in chat=2,consumer=3."};
}

int read_count(std::string_view number, std::string_view text) {
    const auto count = parse_number(number);
    if (!count || *count < 1 || *count > instances_max) {
        throw bad_instances(text);
    }
    return static_cast<int>(*count);
}

// Requests or guessed passwords.
std::string why_one_counter(const runtime::Config& config) {
    const auto stores = config.get<runtime::StoreConfig>("store");
    if (runtime::find_server(stores.limits.kind) == nullptr) {
        return "store.limits.kind is " + stores.limits.kind + ", and each would count for itself";
    }
    return {};
}

std::string why_one_gateway(const runtime::Config& config) {
    if (std::string why = why_one_counter(config); !why.empty()) {
        return why;
    }
    if (config.get<gateway::GatewayConfig>("gateway").tls.self_signed) {
        return "each would make a certificate of its own (gateway.tls.self_signed)";
    }
    return {};
}

bool is_told(std::string_view service) {
    return service == "chat" || service == "consumer" || service == "gateway";
}

// What several gateways of one machine have in common: the kernel spreads connections over them.
// `0` is another one for each.
std::string port_of_gateways(const runtime::Config& config) {
    const auto port =
        static_cast<std::uint16_t>(config.get<gateway::GatewayConfig>("gateway").port);
    if (port == 0) {
        return std::to_string(choose_port());
    }
    if (!is_port_free(port)) {
        throw Failure{
            Kind::conflict, "net.listen_failed",
            "Port " + std::to_string(port) + " is taken; free it, or choose another with --port."};
    }
    return std::to_string(port);
}

const InstanceWish* find_wish(const std::vector<InstanceWish>& wishes, std::string_view service) {
    const auto named = std::ranges::find(wishes, service, &InstanceWish::service);
    const auto any = std::ranges::find(wishes, "", &InstanceWish::service);
    if (named != wishes.end()) {
        return &*named;
    }
    return any != wishes.end() ? &*any : nullptr;
}

void check_names(const std::vector<ProcessPlan>& plan, const std::vector<InstanceWish>& wishes) {
    for (const InstanceWish& wish : wishes) {
        const bool is_known =
            wish.service.empty() || std::ranges::any_of(plan, [&](const ProcessPlan& process) {
                return std::ranges::find(process.services, wish.service) != process.services.end();
            });
        if (!is_known) {
            throw bad_instances(wish.service + "=" + std::to_string(wish.count));
        }
    }
}

}  // namespace

std::vector<InstanceWish> read_instances(std::string_view text) {
    std::vector<InstanceWish> wishes;
    std::string_view left = text;
    while (!left.empty()) {
        const std::string_view one = left.substr(0, left.find(','));
        left.remove_prefix(std::min(one.size() + 1, left.size()));
        const std::size_t equals = one.find('=');
        const bool is_named = equals != std::string_view::npos;
        wishes.push_back({std::string{is_named ? one.substr(0, equals) : ""},
                          read_count(is_named ? one.substr(equals + 1) : one, text)});
        if (is_named && equals == 0) {
            throw bad_instances(text);
        }
    }
    return wishes;
}

std::string why_one(const ProcessPlan& process, const runtime::Config& config) {
    const std::string& service = process.services.front();
    const auto stores = config.get<runtime::StoreConfig>("store");
    if (process.services.size() > 1) {
        return "its log and its broadcast are inside the process";
    }
    if (service == "config") {
        return "it has one port, and judges each change of settings by itself";
    }
    if (service == "registry") {
        return "it has one port; others are its peers, on other machines (registry.peers)";
    }
    if (service == "model") {
        return {};
    }
    if (!runtime::may_be_apart(stores)) {
        return "store.sql, store.log and store.broadcast are not all at servers";
    }
    if (service == "presence" && runtime::find_server(stores.presence.kind) == nullptr) {
        return "store.presence.kind is " + stores.presence.kind +
               ", and each would know some people only";
    }
    if (service == "auth") {
        return why_one_counter(config);
    }
    return service == "gateway" ? why_one_gateway(config) : std::string{};
}

std::vector<std::string> multiply(std::vector<ProcessPlan>& plan,
                                  const std::vector<InstanceWish>& wishes,
                                  const runtime::Config& config) {
    check_names(plan, wishes);
    std::vector<std::string> lines;
    std::vector<ProcessPlan> all;
    for (ProcessPlan& process : plan) {
        const std::string service = process.services.front();
        const InstanceWish* wish = find_wish(wishes, service);
        int count = wish == nullptr ? 1 : wish->count;
        if (const std::string why = count > 1 ? why_one(process, config) : ""; !why.empty()) {
            const std::string line = process.name + " runs once: " + why;
            if (!wish->service.empty()) {
                throw Failure{Kind::invalid, "processes.one_instance", line + "."};
            }
            lines.push_back(line);
            count = 1;
        }
        if (count > 1 && is_told(service)) {
            process.settings.push_back(service + ".instances=several");
        }
        if (count > 1 && service == "gateway") {
            process.settings.push_back("gateway.port=" + port_of_gateways(config));
        }
        all.push_back(process);
        for (int number = 2; number <= count; ++number) {
            ProcessPlan& next = all.emplace_back(process);
            next.name += "-" + std::to_string(number);
        }
    }
    plan = std::move(all);
    return lines;
}

}  // namespace loquat::app
