#include "runtime/discovery/static_instances.hpp"

#include <algorithm>

#include "aio/scope.hpp"
#include "base/log.hpp"
#include "net/http/client.hpp"

namespace loquat::runtime {
namespace {

ServiceInstance make_instance(const ServiceUrl& url, std::string at) {
    return {.id = at,
            .url = std::move(at),
            .zone = url.zone,
            .weight = static_cast<unsigned>(url.weight),
            .contracts = {std::string{any_contract}}};
}

// A machine mostly has one address of each family: those of one are counted.  Servers turn their
// answers round: the order says nothing.
std::vector<net::Address> machines_of(std::vector<net::Address> found) {
    if (std::ranges::any_of(found, &net::Address::is_v4)) {
        std::erase_if(found, [](const net::Address& one) { return !one.is_v4(); });
    }
    std::ranges::sort(found);
    const auto [first, last] = std::ranges::unique(found);
    found.erase(first, last);
    return found;
}

}  // namespace

StaticInstances::StaticInstances(std::span<const ServiceUrl> urls) {
    for (const ServiceUrl& url : urls) {
        Place& place = places_.emplace_back(Place{.url = url});
        const auto origin = net::http::Origin::parse(url.url);
        if (origin && origin->scheme == net::http::Scheme::http &&
            !net::Address::parse(origin->host)) {
            place.host = origin->host;
            place.port = std::to_string(origin->port);
            has_names_ = true;
        }
    }
    publish();
}

Instances::ListPtr StaticInstances::list(std::string_view service) const {
    static const ListPtr none = std::make_shared<const List>();
    const std::lock_guard lock{mutex_};
    const auto found = lists_.find(service);
    return found == lists_.end() ? none : found->second;
}

std::vector<std::string> StaticInstances::names() const {
    std::vector<std::string> names;
    const std::lock_guard lock{mutex_};
    for (const auto& [name, list] : lists_) {
        names.push_back(name);
    }
    return names;
}

void StaticInstances::publish() {
    std::map<std::string, List, std::less<>> lists;
    for (const Place& place : places_) {
        List& list = lists[place.url.service];
        if (place.addresses.size() < 2) {
            list.push_back(make_instance(place.url, place.url.url));
            continue;
        }
        for (const net::Address& address : place.addresses) {
            const std::string text = address.to_string();
            const std::string host = address.is_v4() ? text : "[" + text + "]";
            list.push_back(make_instance(place.url, "http://" + host + ":" + place.port));
        }
    }
    const std::lock_guard lock{mutex_};
    bool is_changed = false;
    for (auto& [service, list] : lists) {
        ListPtr& held = lists_[service];
        if (!held || *held != list) {
            held = std::make_shared<const List>(std::move(list));
            is_changed = true;
        }
    }
    if (is_changed) {
        version_.fetch_add(1, std::memory_order_release);
    }
}

Task<void> StaticInstances::look_up_all(LookUp look_up) {
    for (Place& place : places_) {
        if (place.host.empty()) {
            continue;
        }
        std::vector<net::Address> found;
        try {
            found = co_await look_up(place.host);
        } catch (const Failure& failure) {
            log_warn({.service = "platform"}, "a name could not be looked up",
                     {{"name", place.host}, {"problem", failure.detail}});
        }
        if (!found.empty()) {
            place.addresses = machines_of(std::move(found));
        }
    }
    publish();
    listeners_.tell();
}

Task<void> StaticInstances::follow_names(std::chrono::milliseconds pause, LookUp look_up) {
    while (true) {
        co_await look_up_all(look_up);
        co_await aio::Loop::current().sleep_for(pause);
    }
}

}  // namespace loquat::runtime
