#include "runtime/discovery/registry_instances.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "runtime/discovery/management_url.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {

// The file: what was known last.
struct KeptInstances {
    std::vector<contracts::RegistryInstance> instances;
};
BOOST_DESCRIBE_STRUCT(KeptInstances, (), (instances))

namespace {

constexpr std::size_t instances_max = 1'000'000;
constexpr std::size_t file_bytes_max = 64 * 1024 * 1024;

// What other services of the platform call; others have only the address that all see.
std::string url_of(const contracts::RegistryInstance& instance) {
    const wire::Value* own = instance.metadata.find("service-url");
    const std::string* text = own == nullptr ? nullptr : own->if_string();
    return text != nullptr ? *text : instance.url;
}

ServiceInstance to_service(const contracts::RegistryInstance& instance) {
    return {.id = instance.id,
            .url = url_of(instance),
            .zone = instance.zone,
            .weight = static_cast<unsigned>(std::max(0, instance.weight)),
            .version = instance.version,
            .contracts = instance.contracts,
            .management_url = management_url_of(instance)};
}

}  // namespace

RegistryInstances::RegistryInstances(std::unique_ptr<Instances> configured,
                                     std::filesystem::path file, const Clock& clock)
    : configured_(std::move(configured)), clock_(clock), file_(std::move(file)) {
    load();
}

void RegistryInstances::load() {
    std::error_code error;
    const auto size = std::filesystem::file_size(file_, error);
    if (error || size > file_bytes_max) {
        return;
    }
    std::ifstream in{file_};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    try {
        auto kept = wire::decode<KeptInstances>(wire::parse(text));
        for (auto& instance : kept.instances) {
            put(known_, std::move(instance));
        }
    } catch (const Failure& failure) {
        log_warn({.service = "platform"}, "what was known of other processes cannot be read",
                 {{"file", file_.string()}, {"problem", failure.message}});
        known_ = {};
    }
    replace();
}

Instances::ListPtr RegistryInstances::list(std::string_view service) const {
    ListPtr configured = configured_->list(service);
    if (!configured->empty()) {
        return configured;
    }
    const std::lock_guard lock{mutex_};
    const auto found = lists_.find(to_lower_ascii(service));
    if (found == lists_.end()) {
        return configured;
    }
    const Told& told = found->second;
    return told.parting && clock_.steady() < told.until ? told.parting : told.list;
}

std::vector<std::string> RegistryInstances::names() const {
    std::vector<std::string> names = configured_->names();
    {
        const std::lock_guard lock{mutex_};
        const Steady now = clock_.steady();
        for (const auto& [service, told] : lists_) {
            const bool is_parting = told.parting && now < told.until;
            if (is_parting || (told.list && !told.list->empty())) {
                names.push_back(service);
            }
        }
    }
    std::ranges::sort(names);
    const auto same = std::ranges::unique(names);
    names.erase(same.begin(), same.end());
    return names;
}

// The end of a parting is a change that nobody tells.
std::uint64_t RegistryInstances::version() const {
    if (next_end_.load(std::memory_order_relaxed) != Steady::max()) {
        const std::lock_guard lock{mutex_};
        const Steady now = clock_.steady();
        if (next_end_.load() <= now) {
            Steady next = Steady::max();
            for (const auto& [service, told] : lists_) {
                next = told.parting && told.until > now ? std::min(next, told.until) : next;
            }
            next_end_ = next;
            version_.fetch_add(1, std::memory_order_release);
        }
    }
    return version_.load(std::memory_order_acquire) + configured_->version();
}

void RegistryInstances::add_listener(const std::shared_ptr<InstanceListener>& listener) const {
    configured_->add_listener(listener);
    listeners_.add(listener);
}

void RegistryInstances::put(Known& known, contracts::RegistryInstance instance) {
    std::string id = instance.id;
    App& app = known.apps[instance.application];
    known.instances += app.insert_or_assign(std::move(id), std::move(instance)).second ? 1 : 0;
    if (known.instances > instances_max) {
        throw Failure{Kind::unavailable, "registry.full",
                      "The registry holds as many instances as it may."};
    }
}

void RegistryInstances::publish(const std::string& app) {
    auto list = std::make_shared<List>();
    if (const auto found = known_.apps.find(app); found != known_.apps.end()) {
        for (const auto& [id, instance] : found->second) {
            if (instance.status == "UP") {
                list->push_back(to_service(instance));
            }
        }
    }
    const bool refuses = is_out_of_service(app);
    const std::lock_guard lock{mutex_};
    Told& told = lists_[to_lower_ascii(app)];
    told.registration += told.parting && !list->empty() ? 1 : 0;
    for (ServiceInstance& one : *list) {
        one.registration = told.registration;
    }
    if (told.list && *told.list == *list && !(told.parting && refuses)) {
        return;
    }
    if (!list->empty() || refuses) {
        told.parting = nullptr;
    } else if (told.list && !told.list->empty()) {
        told.parting = told.list;
        told.until = clock_.steady() + parting;
        next_end_ = std::min(next_end_.load(), told.until);
    }
    told.list = std::move(list);
    version_.fetch_add(1, std::memory_order_release);
}

bool RegistryInstances::is_out_of_service(const std::string& app) const {
    const auto found = known_.apps.find(app);
    return found != known_.apps.end() && std::ranges::any_of(found->second, [](const auto& one) {
               return one.second.status == "DOWN" || one.second.status == "OUT_OF_SERVICE";
           });
}

// Lists of what is gone become empty as after a removal: a registry that was killed before it had
// heard of everybody again tells of some only.
void RegistryInstances::replace() {
    std::set<std::string> names;
    {
        const std::lock_guard lock{mutex_};
        const Steady now = clock_.steady();
        std::erase_if(lists_, [now](const auto& entry) {
            const Told& told = entry.second;
            return told.list->empty() && (!told.parting || told.until <= now);
        });
        for (const auto& [service, list] : lists_) {
            names.insert(service);
        }
    }
    for (const auto& [name, app] : known_.apps) {
        names.erase(to_lower_ascii(name));
        publish(name);
    }
    for (const std::string& gone : names) {
        publish(gone);
    }
}

void RegistryInstances::take(const net::http::SseItem& event) {
    const wire::Value data = wire::parse(event.data);
    if (event.event == contracts::RegistryReset::event_type) {
        coming_ = {};
        is_resetting_ = true;
        place_.clear();
    } else if (event.event == contracts::RegistryInstances::event_type && is_resetting_) {
        for (auto& instance : wire::decode<contracts::RegistryInstances>(data).items) {
            put(coming_, std::move(instance));
        }
    } else if (event.event == contracts::RegistryCurrent::event_type) {
        if (std::exchange(is_resetting_, false)) {
            known_ = std::exchange(coming_, {});
            replace();
            listeners_.tell();
            is_kept_ = false;
        }
        place_ = event.id;
    } else if (event.event == contracts::RegistryChange::event_type) {
        auto change = wire::decode<contracts::RegistryChange>(data);
        const std::string app = change.instance.application;
        if (change.action == contracts::RegistryAction::removed) {
            known_.instances -= known_.apps[app].erase(change.instance.id);
        } else {
            put(known_, std::move(change.instance));
        }
        publish(app);
        listeners_.tell();
        is_kept_ = false;
        place_ = event.id;
    }
}

void RegistryInstances::keep() {
    if (std::exchange(is_kept_, true)) {
        return;
    }
    KeptInstances kept;
    for (const auto& [name, app] : known_.apps) {
        for (const auto& [id, instance] : app) {
            kept.instances.push_back(instance);
        }
    }
    const std::filesystem::path made = file_.string() + ".new";
    std::ofstream out{made};
    out << wire::encode(kept) << '\n';
    out.close();
    std::error_code error;
    if (out) {
        std::filesystem::rename(made, file_, error);
    }
    if (!out || error) {
        log_warn({.service = "platform"}, "what is known of other processes cannot be kept",
                 {{"file", file_.string()}});
    }
}

}  // namespace loquat::runtime
