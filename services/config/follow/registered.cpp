#include "services/config/follow/registered.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "runtime/discovery/neighbours.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t instances_max = 1'000;
constexpr std::size_t at_once = 16;
constexpr std::chrono::seconds patience{5};
constexpr std::chrono::seconds round_time_max{60};

}  // namespace

bool is_meant(std::string_view destination, std::string_view application, std::string_view id) {
    const auto is_all = [](std::string_view text) {
        return text.empty() || text == "*" || text == "**";
    };
    const std::size_t colon = std::min(destination.find(':'), destination.size());
    const std::string_view service = destination.substr(0, colon);
    const std::string_view instance = destination.substr(std::min(colon + 1, destination.size()));
    const bool is_service =
        is_all(service) || to_lower_ascii(service) == to_lower_ascii(application);
    return (is_service && (is_all(instance) || instance == id)) || destination == id;
}

RegisteredApplications::RegisteredApplications(const runtime::Context& context,
                                               std::vector<std::string> names)
    : context_(context),
      names_(std::move(names)),
      client_(context.loop(), {.connect_time_max = std::chrono::milliseconds{2'000},
                               .body_bytes_max = 1024 * 1024}),
      scope_(context.loop(), "refresh of applications") {}

std::vector<RegisteredApplications::Meant> RegisteredApplications::find(
    std::string_view destination) const {
    std::vector<Meant> meant;
    for (const std::string& name : names_) {
        const auto list = context_.neighbours().instances->list(name);
        for (const runtime::ServiceInstance& instance : *list) {
            if (is_meant(destination, name, instance.id) && meant.size() < instances_max) {
                meant.push_back({name, instance});
            }
        }
    }
    return meant;
}

Task<void> RegisteredApplications::refresh(std::string destination) {
    auto round = std::make_shared<Round>();
    round->all = find(destination);
    if (round->all.empty()) {
        co_return;
    }
    for (std::size_t i = 0; i < std::min(round->all.size(), at_once); ++i) {
        scope_.start(tell_some(round));
    }
    co_await round->done.wait_until(std::chrono::steady_clock::now() + round_time_max);
}

Task<void> RegisteredApplications::stop() { co_await scope_.close(); }

Task<void> RegisteredApplications::tell_some(std::shared_ptr<Round> round) {
    while (round->next < round->all.size()) {
        const std::size_t mine = round->next++;
        co_await tell(round->all[mine]);
        if (++round->told == round->all.size()) {
            round->done.open();
        }
    }
}

Task<void> RegisteredApplications::tell(const Meant& meant) {
    const std::string problem = co_await post(meant.instance);
    runtime::Counter& count = context_.metrics().counter(
        "loquat_config_refreshes_total", "Registered instances that were told to refresh.",
        {{"result", problem.empty() ? "taken" : "failed"}});
    count.add();
    if (problem.empty()) {
        log_info(context_.log_context(), "has refreshed",
                 {{"application", meant.application}, {"instance", meant.instance.id}});
    } else {
        log_warn(context_.log_context(), "does not refresh",
                 {{"application", meant.application},
                  {"instance", meant.instance.id},
                  {"at", meant.instance.management_url.empty() ? meant.instance.url
                                                               : meant.instance.management_url},
                  {"problem", problem}});
    }
}

Task<std::string> RegisteredApplications::post(const runtime::ServiceInstance& instance) {
    const std::string actuator =
        instance.management_url.empty() ? instance.url + "/actuator" : instance.management_url;
    const std::size_t path =
        std::min(actuator.find('/', actuator.find("://") + 3), actuator.size());
    auto origin = net::http::Origin::parse(actuator.substr(0, path));
    if (!origin) {
        co_return "its address is none";
    }
    net::http::ClientRequest request{.origin = *std::move(origin),
                                     .method = "POST",
                                     .target = actuator.substr(path) + "/refresh"};
    try {
        const auto answer = co_await client_.request(std::move(request),
                                                     std::chrono::steady_clock::now() + patience);
        co_return answer.status / 100 == 2 ? "" : "it answers " + std::to_string(answer.status);
    } catch (const Failure& failure) {
        co_return failure.detail.empty() ? failure.message : failure.detail;
    }
}

}  // namespace loquat::config
