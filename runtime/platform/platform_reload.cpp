#include <unistd.h>

#include <array>

#include "base/log.hpp"
#include "base/text.hpp"
#include "runtime/platform/platform_state.hpp"
#include "runtime/platform/run_and_wait.hpp"
#include "runtime/telemetry/log_settings.hpp"

namespace loquat::runtime {
namespace {

const LogContext here{.service = "platform"};

std::string listed(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        all += (all.empty() ? "" : ", ") + name;
    }
    return all;
}

std::string instance_name() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string{host.data()} + ":" + std::to_string(::getpid());
}

// A copy that cannot be written is missed at a start without the server, not before.
void keep_copy(const std::filesystem::path& data, const ConfigServer& server,
               const contracts::ConfigState& state, const Clock& clock) {
    try {
        save_state(data, server, state, clock.now());
    } catch (const Failure& failure) {
        log_warn(here, "there is no copy of what the config server says",
                 {{"problem", failure.message}});
    }
}

}  // namespace

std::optional<ConfigChange> Platform::reload() {
    const std::lock_guard lock{state_->reload_mutex};
    state_->tls.reload();
    ConfigSources sources = state_->options.sources;
    if (state_->loaded.server) {
        try {
            const contracts::ConfigState state = read_state(*state_->loaded.server);
            sources.served = to_served(state);
        } catch (const Failure& failure) {
            log_warn(here, "the config server is away, what it said last holds",
                     {{"problem", failure.message}});
        }
    }
    try {
        ConfigChange change = take(Config::load(state_->options.sections, sources));
        state_->options.sources = std::move(sources);
        return change;
    } catch (const Failure& failure) {
        log_error(here, "the configuration stays as it is", {{"problem", failure.message}});
        return std::nullopt;
    }
}

// The mutex of reloads is held.
ConfigChange Platform::take(const Config& fresh) {
    Config after = state_->config.with_live(fresh);
    ConfigChange change = state_->config.change_to(after, fresh);
    {
        const std::lock_guard lock{state_->config_mutex};
        state_->config = std::move(after);
    }
    const LogLevel level = state_->config.get<PlatformConfig>("platform").log_level;
    // What an operator has set while it runs stays until the setting itself changes.
    if (std::exchange(state_->settings.log_level, level) != level) {
        start_log(state_->settings);
    }
    for (State::Instance& instance : state_->instances) {
        run_and_wait(instance.context->loop(), [&] { return instance.service->reload(); });
    }
    if (!change.changed.empty() || !change.waiting.empty()) {
        log_info(
            here, "the configuration has changed",
            {{"changed", listed(change.changed)}, {"from_next_start", listed(change.waiting)}});
    }
    return change;
}

// POST /actuator/refresh: the settings that have changed, as Spring answers it.
void Platform::add_refresh() {
    state_->actuator.add(
        {.id = "refresh",
         .methods = {"POST"},
         .run = [this](ActuatorCall) -> Task<net::http::Response> {
             std::call_once(state_->refresher_once, [this] {
                 constexpr std::size_t waiting_max = 100;
                 state_->refresher = std::make_unique<aio::WorkerPool>("refresh", 1, waiting_max);
             });
             const auto change = co_await state_->refresher->run<std::optional<ConfigChange>>(
                 [this] { return reload(); });
             if (!change) {
                 throw Failure{Kind::conflict, "config.stays",
                               "The configuration cannot be taken as it is; the log says why."};
             }
             co_return actuator_response(200, wire::parse(wire::encode(change->changed)));
         }});
}

ConfigFollower::Judgement Platform::State::judge(const contracts::ConfigState& served) {
    ConfigFollower::Judgement judgement;
    try {
        const std::lock_guard lock{reload_mutex};
        ConfigSources sources = options.sources;
        sources.served = to_served(served);
        const Config fresh = Config::load(options.sections, sources);
        judgement.waiting = config.change_to(config.with_live(fresh), fresh).waiting;
    } catch (const Failure& failure) {
        for (const std::string_view problem : split(failure.message, '\n')) {
            judgement.problems.emplace_back(problem);
        }
    }
    return judgement;
}

void Platform::start_following() {
    State& state = *state_;
    if (!state.loaded.server) {
        return;
    }
    const Clock& clock = state.clock();
    if (state.loaded.is_fresh) {
        keep_copy(state.folder.path(), *state.loaded.server, *state.loaded.state, clock);
    }
    const auto apply = [this, &clock](const contracts::ConfigState& served) {
        try {
            const std::lock_guard lock{state_->reload_mutex};
            ConfigSources sources = state_->options.sources;
            sources.served = to_served(served);
            take(Config::load(state_->options.sections, sources));
            state_->options.sources = std::move(sources);
        } catch (const Failure& failure) {
            log_error(here, "the configuration stays as it is", {{"problem", failure.message}});
            return;
        }
        keep_copy(state_->folder.path(), *state_->loaded.server, served, clock);
    };
    aio::Loop& loop = state.loop_named("config-follower");
    run_and_wait(loop, [&]() -> Task<void> {
        state.follower = std::make_unique<ConfigFollower>(
            loop,
            ConfigFollower::Parts{
                .server = *state.loaded.server,
                .instance = instance_name(),
                .key = state.call_key(std::string{process_caller}, "config"),
                .tls = state.tls,
                .current = state.loaded.state,
                .judge =
                    [&state](const contracts::ConfigState& served) { return state.judge(served); },
                .apply = apply,
                .refresh = [this] { reload(); }});
        state.follower->start();
        co_return;
    });
}

void Platform::stop_following() {
    if (!state_->follower) {
        return;
    }
    run_and_wait(state_->loop_named("config-follower"), [this]() -> Task<void> {
        co_await state_->follower->stop();
        state_->follower.reset();
    });
}

}  // namespace loquat::runtime
