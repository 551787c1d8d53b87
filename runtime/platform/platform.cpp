#include "runtime/platform/platform.hpp"

#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>

#include "aio/scope.hpp"
#include "base/log.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/platform/platform_section.hpp"
#include "runtime/platform/platform_state.hpp"
#include "runtime/platform/run_and_wait.hpp"
#include "runtime/platform/run_file.hpp"
#include "runtime/stores/section.hpp"
#include "runtime/telemetry/log_settings.hpp"

namespace loquat::runtime {
namespace {

// How long callers have to notice that a process leaves: to be told by the registry, or to see at
// their next look that it is not ready.
constexpr std::chrono::milliseconds notice_time{500};

std::size_t edge_count(const PlatformConfig& settings) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    return settings.edge_loops > 0 ? settings.edge_loops : cores;
}

// SO_REUSEPORT would let a second process in silently; an exclusive listener finds it out.
void refuse_taken_port(aio::Loop& loop, net::ListenOptions wanted) {
    wanted.sharing = net::PortSharing::exclusive;
    const net::Listener probe{loop, wanted, [](net::Stream) {}};
}

int end_short_of_files(const char* what) {
    std::fprintf(stderr,
                 "loquat: The system gives this process no more open files (%s). Raise its limit "
                 "(ulimit -n; LimitNOFILE in a unit) and start again.\n",
                 what);
    return 1;
}

// A thread that cannot be made, or memory that is not given.
int end_short_of_memory(const char* what) {
    std::fprintf(stderr,
                 "loquat: The system gives this process no more memory or threads (%s). Raise its "
                 "limits (ulimit -d, -v, -u; MemoryMax, TasksMax in a unit) and start again.\n",
                 what);
    return 1;
}

// As SIGTERM: the answer leaves before the process does, since requests that run may end.
Task<net::http::Response> end_this_process(ActuatorCall) {
    log_info({.service = "platform"}, "was told to drain and end");
    ::kill(::getpid(), SIGTERM);
    co_return actuator_response(202, wire::Object{{"message", "Draining, then ending."}});
}

}  // namespace

Platform::Platform(PlatformOptions options) : state_(std::make_unique<State>(std::move(options))) {
    start_log(state_->settings);
    add_refresh();
    state_->actuator.add({.id = "drain", .methods = {"POST"}, .run = &end_this_process});
    for (const std::string& note : state_->loaded.notes) {
        log_warn({.service = "platform"}, "configuration", {{"warning", note}});
    }
    for (const std::string& warning : state_->config.warnings()) {
        log_warn({.service = "platform"}, "configuration", {{"warning", warning}});
    }
}

Platform::~Platform() { stop(); }

std::unique_ptr<Context> Platform::make_context(const Module& module, std::size_t edge) {
    const std::string name{module.name};
    const bool on_edge = module.placement == Placement::every_edge;
    aio::Loop& loop =
        state_->loop_named(on_edge ? "edge-" + std::to_string(edge) : std::string{module.loop});
    const std::string instance = on_edge ? name + "-" + std::to_string(edge) : name;
    return std::unique_ptr<Context>{new Context{*this, module, instance, loop, edge}};
}

void Platform::make_instances() {
    for (const Module* module : state_->options.modules) {
        const std::size_t count =
            module->placement == Placement::every_edge ? edge_count(state_->settings) : 1;
        for (std::size_t edge = 0; edge < count; ++edge) {
            std::unique_ptr<Context> context = make_context(*module, edge);
            auto& instance = state_->instances.emplace_back();
            instance.context = std::move(context);
            run_and_wait(instance.context->loop(), [&]() -> Task<void> {
                instance.service = module->make(*instance.context);
                co_return;
            });
        }
    }
}

// One on each edge loop, so that what is there on every edge can be reached on its own.
void Platform::start_servers() {
    if (!state_->options.service_port) {
        return;
    }
    static const Module server_module{.name = "platform", .calls = {{"consumer", Need::optional}}};
    const bool has_edges = std::ranges::any_of(state_->options.modules, [](const Module* module) {
        return module->placement == Placement::every_edge;
    });
    const std::size_t count = has_edges ? edge_count(state_->settings) : 1;
    net::ListenOptions wanted{
        .address = state_->options.service_port->address,
        .port = state_->options.service_port->port,
        .sharing = count > 1 ? net::PortSharing::shared : net::PortSharing::exclusive};
    for (std::size_t edge = 0; edge < count; ++edge) {
        State::Server& one = state_->servers.emplace_back();
        one.context = std::unique_ptr<Context>{
            new Context{*this, server_module, "platform",
                        state_->loop_named("edge-" + std::to_string(edge)), edge}};
        run_and_wait(one.context->loop(), [&]() -> Task<void> {
            if (edge == 0 && count > 1 && wanted.port != 0) {
                refuse_taken_port(one.context->loop(), wanted);
            }
            one.server = std::make_unique<ServiceServer>(*one.context, state_->gate);
            const net::Endpoint at = one.server->listen(wanted);
            wanted.port = at.port;
            state_->service_address =
                (state_->tls.is_mutual() ? "https://" : "http://") + at.to_string();
            co_return;
        });
    }
}

void Platform::join_registry(const std::vector<std::string>& registries) {
    if (state_->followed == nullptr || registries.empty()) {
        return;
    }
    aio::Loop& loop = state_->loop_named("services");
    run_and_wait(loop, [&]() -> Task<void> {
        state_->member = std::make_unique<RegistryMember>(
            loop,
            RegistryMember::Options{registries,
                                    state_->call_key(std::string{process_caller}, "registry"),
                                    state_->settings.registry_lease_seconds},
            RegistryMember::Parts{state_->tls, *state_->followed, state_->clock()});
        state_->member->start();
        co_return;
    });
}

// Who registers there is found; nobody else needs to find this process.
void Platform::join_own_registry() {
    if (const std::string own = address_of("registry"); !own.empty()) {
        join_registry({own});
    }
}

// Nobody shall find this process any more.
void Platform::leave_registry(Steady deadline) {
    if (!state_->member) {
        return;
    }
    run_and_wait(state_->loop_named("services"), [this, deadline]() -> Task<void> {
        co_await state_->member->stop(deadline);
        state_->member.reset();
    });
}

void Platform::begin_rounds() {
    if (!state_->configured->has_names() && state_->settings.tls.ca.empty()) {
        return;
    }
    run_and_wait(state_->loop_named("services"), [this]() -> Task<void> {
        state_->begin_rounds();
        co_return;
    });
}

void Platform::end_rounds() {
    if (!state_->rounds) {
        return;
    }
    run_and_wait(state_->loop_named("services"), [this]() -> Task<void> {
        co_await state_->rounds->close();
        state_->rounds.reset();
    });
}

void Platform::start() {
    state_->is_running = true;
    try {
        make_instances();
        state_->clients.connect();
        begin_rounds();
        join_registry(state_->settings.registry);
        for (State::Instance& instance : state_->instances) {
            run_and_wait(instance.context->loop(), [&] { return instance.service->start(); });
            if (instance.context->service() == "registry" && !state_->member) {
                join_own_registry();  // those that start later may need whom it knows
            }
        }
        start_servers();
        state_->folder.settle();
        start_following();
        if (state_->member && !state_->settings.registry.empty()) {
            run_and_wait(state_->loop_named("services"), [this]() -> Task<void> {
                state_->member->offer(state_->own_instances());
                co_return;
            });
        }
    } catch (...) {
        const std::exception_ptr error = std::current_exception();
        stop();
        std::rethrow_exception(error);
    }
}

void Platform::withdraw() {
    state_->health.withdraw();
    leave_registry(std::chrono::steady_clock::now() + state_->settings.drain_seconds);
    if (!state_->gate.was_asked()) {
        return;
    }
    log_info({.service = "platform"}, "leaves in a moment",
             {{"milliseconds", notice_time.count()}});
    run_and_wait(state_->loop_named("services"), [&]() -> Task<void> {
        co_await state_->loop_named("services").sleep_for(notice_time);
    });
}

void Platform::stop() {
    if (!std::exchange(state_->is_running, false)) {
        return;
    }
    state_->health.withdraw();
    stop_following();
    end_rounds();
    const Steady deadline = std::chrono::steady_clock::now() + state_->settings.drain_seconds;
    leave_registry(deadline);
    for (State::Server& one : state_->servers) {
        if (one.server) {
            run_and_wait(one.context->loop(), [&] { return one.server->drain(deadline); });
        }
    }
    for (auto instance = state_->instances.rbegin(); instance != state_->instances.rend();
         ++instance) {
        if (!instance->service) {
            continue;
        }
        try {
            run_and_wait(instance->context->loop(),
                         [&] { return instance->service->stop(deadline); });
        } catch (...) {
            log_error({.service = instance->context->service()}, "could not stop cleanly",
                      {{"error", aio::describe(std::current_exception())}});
        }
    }
    state_->refresher.reset();
    destroy_instances();
    for (auto& [name, slot] : state_->loops) {
        slot.loop->stop();
        slot.thread.join();
    }
}

// Services are destroyed on their own loops: what they own is touched only there.
void Platform::destroy_instances() {
    for (State::Server& one : state_->servers) {
        run_and_wait(one.context->loop(), [&]() -> Task<void> {
            one.server.reset();
            co_return;
        });
    }
    for (auto instance = state_->instances.rbegin(); instance != state_->instances.rend();
         ++instance) {
        run_and_wait(instance->context->loop(), [&]() -> Task<void> {
            instance->service.reset();
            co_return;
        });
    }
}

// The gateway is the last of all.
std::string Platform::address() const {
    for (auto instance = state_->instances.rbegin(); instance != state_->instances.rend();
         ++instance) {
        if (std::string address = instance->service->address(); !address.empty()) {
            return address;
        }
    }
    return {};
}

std::string Platform::address_of(std::string_view service) const {
    for (const State::Instance& instance : state_->instances) {
        if (instance.context->service() == service) {
            return instance.service->address();
        }
    }
    return {};
}

std::string Platform::service_address() const { return state_->service_address; }
const std::string& Platform::internal_key() const { return state_->internal_key; }
TlsFiles Platform::tls_files() const {
    const PlatformTlsConfig& tls = state_->settings.tls;
    if (tls.certificate.empty()) {
        return {};
    }
    const auto absolute = [](const std::string& file) {
        return std::filesystem::absolute(file).string();
    };
    return {absolute(tls.ca), absolute(tls.certificate), absolute(tls.key),
            std::string{state_->options.modules.front()->name}};
}
const std::filesystem::path& Platform::data_folder() const { return state_->folder.path(); }

std::vector<StoreAdapter> adapters_of(const std::vector<const Module*>& modules) {
    std::vector<StoreAdapter> adapters;
    for (const Module* module : modules) {
        if (module->adapters != nullptr) {
            std::ranges::move(module->adapters(), std::back_inserter(adapters));
        }
    }
    return adapters;
}

std::vector<ConfigSection> sections_of(const std::vector<const Module*>& modules) {
    std::vector<ConfigSection> sections{platform_section(), store_section(adapters_of(modules))};
    for (const Module* module : modules) {
        if (module->config != nullptr) {
            sections.push_back(module->config());
        }
        if (module->shared_config != nullptr) {
            ConfigSection shared = module->shared_config();
            if (std::ranges::find(sections, shared.name, &ConfigSection::name) == sections.end()) {
                sections.push_back(std::move(shared));
            }
        }
    }
    return sections;
}

int run(PlatformOptions options) {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&wanted, signal);
    }
    // Before any thread starts, so that all inherit the mask and only this one takes signals.
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        Platform platform{std::move(options)};
        platform.start();
        const std::string outside =
            platform.address().empty() ? platform.service_address() : platform.address();
        write_run_file(platform.data_folder(),
                       {::getpid(), platform.address(), platform.service_address(),
                        platform.internal_key(), platform.tls_files()});
        std::printf("ready %s\n", outside.c_str());
        std::fflush(stdout);
        for (int signal = 0; signal != SIGINT && signal != SIGTERM;) {
            sigwait(&wanted, &signal);
            if (signal == SIGHUP) {
                platform.reload();
            }
        }
        log_info({.service = "platform"}, "stopping");
        remove_run_file(platform.data_folder());
        platform.withdraw();
        platform.stop();
        return 0;
    } catch (const std::system_error& error) {
        const bool is_files = error.code() == std::errc::too_many_files_open ||
                              error.code() == std::errc::too_many_files_open_in_system;
        return is_files ? end_short_of_files(error.what()) : end_short_of_memory(error.what());
    } catch (const std::bad_alloc& error) {
        return end_short_of_memory(error.what());
    } catch (...) {
        const Failure failure = to_failure(std::current_exception());
        std::fprintf(stderr, "loquat: %s%s%s\n", failure.message.c_str(),
                     failure.detail.empty() ? "" : "\n  ", failure.detail.c_str());
        return 1;
    }
}

}  // namespace loquat::runtime
