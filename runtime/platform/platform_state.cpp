#include "runtime/platform/platform_state.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <tuple>

#include "base/log.hpp"
#include "base/random_text.hpp"
#include "base/text.hpp"
#include "net/resolve.hpp"
#include "runtime/calls/remote.hpp"
#include "runtime/discovery/static_instances.hpp"
#include "runtime/resilience/service_calls.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/stores/servers_file.hpp"
#include "runtime/telemetry/memory_metrics.hpp"
#include "runtime/telemetry/process_metrics.hpp"
#include "runtime/version.hpp"
#include "store/file/file.hpp"
#include "store/folder/stamped_text.hpp"

namespace loquat::runtime {
namespace {

constexpr std::size_t key_bytes = 32;

// The key between services: configured, or kept in a file that only this user may read.
std::string load_internal_key(const PlatformConfig& settings, store::Folder& folder) {
    if (!settings.internal_key.empty()) {
        return settings.internal_key;
    }
    const std::filesystem::path file = folder.path() / "internal.key";
    const store::FileStamp stamp = folder.stamp_text("internal.key");
    std::string key;
    if (std::ifstream in{file}; in) {
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        if (auto wrong = store::check_stamped(file, text, stamp)) {
            throw std::move(*wrong);
        }
        const auto read = store::read_stamped(text);
        key = trim(read->body);
        if (read->is_stamped) {
            return key;
        }
    }
    key = key.size() >= 32 ? key : random_text(key_bytes);
    const std::uint64_t changes = stamp.mark->value() + 1;
    store::replace_file(file, store::with_stamp(key, stamp.folder, changes));
    stamp.mark->raise(changes);
    return key;
}

// Modules are made in the order of start.  What belongs to services of other processes is theirs to
// judge: its files may be elsewhere.
PlatformOptions prepared(PlatformOptions options) {
    options.modules = in_order_of_start(std::move(options.modules));
    for (ConfigSection& section : options.sections) {
        const bool is_here = section.name == "platform" || section.name == "store" ||
                             std::ranges::any_of(options.modules, [&section](const Module* module) {
                                 return module->name == section.name ||
                                        (module->shared_config != nullptr &&
                                         module->shared_config().name == section.name);
                             });
        section.check = is_here ? section.check : nullptr;
    }
    return options;
}

std::vector<std::string> names_of(const std::vector<const Module*>& modules) {
    std::vector<std::string> names;
    for (const Module* module : modules) {
        names.emplace_back(module->name);
    }
    return names;
}

// What of the registry's settings decides whether it can be asked without being named.
struct OwnRegistry {
    std::string password;

    static constexpr std::array fields{wire::Field{"password", 0, 200, "Of whoever asks."}};
};
BOOST_DESCRIBE_STRUCT(OwnRegistry, (), (password))

// A gateway beside a registry finds by it whoever registers there, without a word of configuration.
// A password is the user's to name, in `platform.registry`.
bool follows_own_registry(const std::vector<const Module*>& modules, const Config& config) {
    const auto runs = [&modules](std::string_view name) {
        return std::ranges::find(modules, name, &Module::name) != modules.end();
    };
    if (!runs("registry") || !runs("gateway")) {
        return false;
    }
    return config.get<OwnRegistry>("registry").password.empty();
}

// Nothing is opened where somebody lacks whom they need.
PlatformConfig load_settings(const Config& config, const std::vector<const Module*>& modules) {
    auto settings = config.get<PlatformConfig>("platform");
    if (settings.registry.empty() && !follows_own_registry(modules, config)) {
        check_callees(modules, settings.urls);  // else whoever is missing may come
    }
    return settings;
}

std::optional<std::string> disk_problem(const std::filesystem::path& folder,
                                        std::int64_t bytes_min) {
    struct statvfs space{};
    if (::statvfs(folder.c_str(), &space) != 0) {
        return "the data folder cannot be read";
    }
    const auto free =
        static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
    if (free >= bytes_min) {
        return std::nullopt;
    }
    return "only " + std::to_string(free / (1024 * 1024)) + " MiB free in " + folder.string();
}

// An address that others can use: with the name that they know, or that of the machine where it
// listens on all of its addresses.
std::string named(const std::string& url, std::string host) {
    const auto origin = net::http::Origin::parse(url);
    const bool is_any = origin && (origin->host == "0.0.0.0" || origin->host == "::");
    if (!origin || (host.empty() && !is_any)) {
        return url;
    }
    if (host.empty()) {
        std::array<char, 256> name{};
        host = ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
    }
    const std::string_view scheme =
        origin->scheme == net::http::Scheme::https ? "https://" : "http://";
    return std::string{scheme} + host + ":" + std::to_string(origin->port);
}

}  // namespace

Platform::State::State(PlatformOptions given)
    : options(prepared(std::move(given))),
      loaded(
          load_config(options.sections, options.sources, names_of(options.modules), options.data)),
      config(std::move(loaded.config)),
      settings(load_settings(config, options.modules)),
      folder(options.data),
      internal_key(load_internal_key(settings, folder)),
      tls(settings.tls, names_of(options.modules), clock()),
      stores({folder, troubles, health, metrics, names_of(options.modules)},
             with_builtin(options.adapters), config.get<StoreConfig>("store")) {
    hold_to_servers(folder.path(), config.get<StoreConfig>("store"));
    options.sources = loaded.sources;
    auto known = std::make_unique<StaticInstances>(settings.urls);
    configured = known.get();
    neighbours.instances = std::move(known);
    if (!settings.registry.empty() || follows_own_registry(options.modules, config)) {
        auto of_registry = std::make_unique<RegistryInstances>(
            std::move(neighbours.instances), folder.path() / "instances.json", clock());
        followed = of_registry.get();
        neighbours.instances = std::move(of_registry);
        neighbours.is_told_by_registry = true;
    }
    add_memory_metrics(metrics);
    add_process_metrics(metrics);
    tls.count_in(metrics);
    if (tls.is_mutual()) {
        health.add("platform", "certificate", [this] { return tls.problem(); });
    }
    health.add("platform", "disk", [path = folder.path(), least = settings.disk_bytes_min] {
        return disk_problem(path, least);
    });
    health.add("platform", "marks", [this] { return folder.trouble(); });
}

void Platform::State::on_call(std::string_view service, std::string_view operation,
                              std::chrono::nanoseconds took, contracts::CallEnd end) {
    // Resolved once for each operation and thread: the registry's lock is not for every call.
    struct Pair {
        Histogram* seconds;
        Counter* failures;
    };
    using Key = std::tuple<const void*, std::string_view, std::string_view>;
    thread_local std::map<Key, Pair> known;
    const auto [entry, is_new] = known.try_emplace({this, service, operation});
    if (is_new) {
        const Labels labels{{"service", std::string{service}},
                            {"operation", std::string{operation}}};
        entry->second = {
            &metrics.histogram("loquat_client_seconds", "Time of calls between services.", labels),
            &metrics.counter("loquat_client_failures_total", "Calls between services that failed.",
                             labels)};
    }
    entry->second.seconds->observe(took);
    if (end == contracts::CallEnd::failed) {
        entry->second.failures->add();
    }
}

std::vector<ConfigLine> Platform::State::config_lines() const {
    const std::lock_guard lock{config_mutex};
    return config.lines();
}

Actuator::Parts Platform::State::actuator_parts() {
    std::vector<std::string> services{"platform"};
    for (const Module* module : options.modules) {
        services.emplace_back(module->name);
    }
    return {health, metrics, [this] { return config_lines(); }, std::move(services)};
}

CallGate Platform::State::make_gate() const {
    std::vector<std::string> here;
    for (const Module* module : options.modules) {
        here.emplace_back(module->name);
    }
    return {options.known.empty() ? options.modules : options.known, std::move(here), internal_key,
            tls.is_mutual() ? CallGate::By::certificate : CallGate::By::key};
}

std::string Platform::State::caller_name(const std::string& service) const {
    return is_hosted(service) || options.modules.empty()
               ? service
               : std::string{options.modules.front()->name};
}

std::string Platform::State::call_key(const std::string& caller, std::string_view callee) const {
    if (tls.is_mutual()) {
        return {};
    }
    const bool is_process = caller == process_caller;
    return make_call_key(internal_key, is_process ? caller : caller_name(caller), callee);
}

bool Platform::State::is_hosted(std::string_view service) const {
    return std::ranges::any_of(options.modules,
                               [&](const Module* module) { return module->name == service; });
}

std::string Platform::State::url_of(std::string_view service) const {
    const auto entry = std::ranges::find(settings.urls, service, &ServiceUrl::service);
    return entry == settings.urls.end() ? std::string{} : entry->url;
}

// On the loop `services`: of addresses by name, and of certificates.
void Platform::State::begin_rounds() {
    rounds = std::make_unique<aio::Scope>(aio::Loop::current(), "rounds");
    if (configured->has_names()) {
        const std::chrono::seconds pause{settings.clients.name_seconds};
        const auto look_up = [pause](std::string host) {
            return net::resolve(std::move(host), std::chrono::steady_clock::now() + pause);
        };
        rounds->start(configured->follow_names(pause, look_up));
    }
    if (!settings.tls.ca.empty()) {
        rounds->start(tls.keep_looking());
    }
}

std::vector<OwnInstance> Platform::State::own_instances() const {
    std::vector<OwnInstance> own;
    for (const Module* module : options.modules) {
        std::string address;
        for (const Instance& instance : instances) {
            if (instance.context->service() == module->name && address.empty()) {
                address = instance.service->address();
            }
        }
        const std::string& calls = service_address.empty() ? address : service_address;
        if (calls.empty()) {
            continue;
        }
        OwnInstance one{.service = std::string{module->name},
                        .url = named(address.empty() ? calls : address, settings.host),
                        .service_url = named(calls, settings.host),
                        .zone = settings.zone,
                        .weight = settings.weight,
                        .version = std::string{version}};
        for (const auto& [service, contract] : offered) {
            if (service == module->name) {
                one.contracts.push_back(contract);
            }
        }
        if (one.contracts.empty()) {
            one.contracts.push_back(one.service);  // one of ours, that has no table: the sockets'
        }
        own.push_back(std::move(one));
    }
    return own;
}

contracts::Callee Platform::State::find_callee(const Clients::Wanted& wanted) {
    contracts::Callee callee{.observer = this};
    const auto found = hosted.find(wanted.interface);
    if (found != hosted.end() && options.calls == Calls::direct) {
        callee.api = found->second.first;
        callee.loop = found->second.second;
    } else if (is_hosted(wanted.service)) {
        callee.transport = make_loopback_transport(dispatcher);
    } else {
        CallRules rules = to_rules(settings.clients, settings.zone);
        rules.when_all_open = WhenAllOpen::ask_who_answers;
        auto calls = std::make_shared<ServiceCalls>(
            ServiceCalls::Of{wanted.service, contract_name(wanted.interface), *neighbours.instances,
                             metrics, clock()},
            std::move(rules));
        neighbours.states.add(wanted.loop, calls);
        callee.transport =
            make_http_transport(wanted.loop, std::move(calls),
                                {call_key(wanted.caller, wanted.service), &tls, wanted.service});
    }
    return callee;
}

aio::Loop& Platform::State::loop_named(const std::string& name) {
    if (const auto found = loops.find(name); found != loops.end()) {
        return *found->second.loop;
    }
    const auto slot = loops.emplace(name, LoopThread{std::make_unique<aio::Loop>(name), {}}).first;
    aio::Loop& loop = *slot->second.loop;
    try {
        slot->second.thread = std::jthread{[&loop] { loop.run(); }};
    } catch (...) {
        loops.erase(slot);  // a loop that no thread runs would be waited for without end
        throw;
    }
    return loop;
}

}  // namespace loquat::runtime
