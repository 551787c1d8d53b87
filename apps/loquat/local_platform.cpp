#include "apps/loquat/local_platform.hpp"

#include <fstream>
#include <sstream>

#include "aio/loop.hpp"
#include "apps/loquat/modules.hpp"
#include "base/failure.hpp"
#include "runtime/calls/remote.hpp"
#include "runtime/platform/platform.hpp"
#include "runtime/platform/run_file.hpp"
#include "runtime/tls/platform_tls.hpp"

namespace loquat::app {

struct LocalPlatform::State {
    aio::Loop loop{"command"};
    std::unique_ptr<runtime::Platform> platform;  // when none runs elsewhere
    std::string url;
    std::string key;
    runtime::TlsFiles tls;
    bool is_elsewhere = false;
};

// One of several processes runs here, and not the one that is needed.
Failure elsewhere(const std::string& url) {
    return {Kind::not_found, "command.elsewhere",
            "The process of this data folder, on " + url +
                ", does not serve what is needed: give --data the folder of the one that serves "
                "auth. Importing needs auth and chat in one process, `loquat dead` consumer and "
                "`loquat "
                "products` product."};
}

LocalPlatform::LocalPlatform(const CommonOptions& options, const std::vector<std::string>& services)
    : state_(std::make_unique<State>()) {
    if (const auto running = runtime::find_running(options.data)) {
        state_->is_elsewhere = true;
        state_->url = running->service_url;
        state_->key = running->internal_key;
        state_->tls = running->tls;
        return;
    }
    CommonOptions quiet = options;
    quiet.settings.push_back("platform.log_level=warn");
    auto platform = quiet.platform(modules_named(services));
    platform.service_port = runtime::ServicePort{};
    state_->platform = std::make_unique<runtime::Platform>(std::move(platform));
    state_->platform->start();
    state_->url = state_->platform->service_address();
    state_->key = state_->platform->internal_key();
    state_->tls = state_->platform->tls_files();
}

LocalPlatform::~LocalPlatform() = default;

void LocalPlatform::run(std::move_only_function<Task<void>(Clients& clients)> work) {
    std::exception_ptr error;
    auto body = [](State& state, auto& held, std::exception_ptr& failed) -> Task<void> {
        try {
            const SystemClock clock;
            const runtime::TlsFiles& files = state.tls;
            runtime::PlatformTls tls{
                {.ca = files.ca, .certificate = files.certificate, .key = files.key}, {}, clock};
            auto transport = runtime::make_http_transport(state.loop, state.url,
                                                          {state.key, &tls, files.service});
            Clients clients{contracts::Client<contracts::AuthApi>{transport},
                            contracts::Client<contracts::ChatApi>{transport},
                            contracts::Client<contracts::AccountsApi>{transport},
                            contracts::Client<contracts::DeadApi>{transport},
                            contracts::Client<contracts::ProductApi>{transport}};
            co_await held(clients);
        } catch (const Failure& failure) {
            failed = state.is_elsewhere && failure.code == "upstream.refused_us"
                         ? std::make_exception_ptr(elsewhere(state.url))
                         : std::current_exception();
        } catch (...) {
            failed = std::current_exception();
        }
        state.loop.stop();
    };
    state_->loop.spawn(body(*state_, work, error));
    state_->loop.run();
    if (error) {
        std::rethrow_exception(error);
    }
}

contracts::Caller administrator() {
    contracts::Caller caller;
    caller.user = UserId{};
    caller.role = contracts::Role::admin;
    caller.username = "loquat";
    caller.address = "127.0.0.1";
    return caller;
}

}  // namespace loquat::app
