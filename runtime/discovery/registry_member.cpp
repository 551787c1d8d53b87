#include "runtime/discovery/registry_member.hpp"

#include "aio/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/tls/platform_tls.hpp"
#include "wire/json.hpp"

namespace loquat::runtime {
namespace {

// A registry may begin a moment later than who looks for it.
constexpr std::chrono::seconds starting_time_max{5};
constexpr std::chrono::milliseconds answer_time_max{1'500};
constexpr std::chrono::seconds keep_pause{1};
constexpr std::chrono::milliseconds pause_first{50};
constexpr std::chrono::milliseconds pause_most{2'000};

// The watch says something each second: a registry that is silent for longer hangs.
net::http::ClientConfig client_limits() {
    return {.connect_time_max = std::chrono::milliseconds{1'000},
            .head_time_max = std::chrono::milliseconds{2'000},
            .body_stall_max = std::chrono::milliseconds{4'000}};
}

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& letter : out) {
        letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    return out;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) {
        out += (out.empty() ? "" : ",") + part;
    }
    return out;
}

std::string path_of(const OwnInstance& own) {
    return "/eureka/apps/" + percent_encode(upper(own.service)) + "/" +
           percent_encode(instance_id_of(own));
}

}  // namespace

std::string instance_id_of(const OwnInstance& own) {
    const auto origin = net::http::Origin::parse(own.url);
    return origin ? origin->host + ":" + own.service + ":" + std::to_string(origin->port)
                  : own.service;
}

std::string registration_of(const OwnInstance& own, Time dirty_at, std::chrono::seconds lease) {
    const auto origin = net::http::Origin::parse(own.url);
    const std::string host = origin ? origin->host : "";
    const std::int64_t port = origin ? origin->port : 0;
    const bool is_secure = origin && origin->scheme == net::http::Scheme::https;
    wire::Object metadata{{"contracts", joined(own.contracts)},
                          {"version", own.version},
                          {"weight", std::to_string(own.weight)},
                          {"service-url", own.service_url}};
    if (!own.zone.empty()) {
        metadata.emplace_back("zone", own.zone);
    }
    wire::Object instance{
        {"instanceId", instance_id_of(own)},
        {"hostName", host},
        {"app", upper(own.service)},
        {"ipAddr", host},
        {"status", "UP"},
        {"port", wire::Object{{"$", port}, {"@enabled", is_secure ? "false" : "true"}}},
        {"securePort", wire::Object{{"$", is_secure ? port : std::int64_t{443}},
                                    {"@enabled", is_secure ? "true" : "false"}}},
        {"dataCenterInfo",
         wire::Object{{"@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"},
                      {"name", "MyOwn"}}},
        {"leaseInfo", wire::Object{{"renewalIntervalInSecs",
                                    std::max<std::int64_t>(1, std::int64_t{lease.count()} / 3)},
                                   {"durationInSecs", std::int64_t{lease.count()}}}},
        {"metadata", std::move(metadata)},
        {"homePageUrl", own.url + "/"},
        {"statusPageUrl", own.service_url + "/actuator/info"},
        {"healthCheckUrl", own.service_url + "/actuator/health"},
        {"vipAddress", own.service},
        {"secureVipAddress", own.service},
        {"lastDirtyTimestamp", std::to_string(to_unix_ms(dirty_at))}};
    return wire::to_json(wire::Object{{"instance", std::move(instance)}});
}

RegistryMember::RegistryMember(aio::Loop& loop, Options options, Parts parts)
    : loop_(loop),
      key_(std::move(options.key)),
      lease_(options.lease),
      instances_(parts.instances),
      clock_(parts.clock),
      client_(loop, parts.tls.for_calls(client_limits(), "registry")),
      scope_(loop, "registry member") {
    for (const std::string& address : options.addresses) {
        auto parsed = RegistryAddress::parse(address);
        if (!parsed) {
            throw Failure{Kind::invalid, "config.bad_url",
                          hide_credentials(address) + " is not of the form http://host:port"};
        }
        registries_.push_back(std::move(*parsed));
    }
}

void RegistryMember::start() {
    scope_.start(follow());
    scope_.start(beat());
    scope_.start(keep());
}

void RegistryMember::offer(std::vector<OwnInstance> own) {
    own_ = std::move(own);
    dirty_at_ = clock_.now();
    if (source_ != nullptr) {
        is_reopening_ = true;
        source_->cancel();
    }
}

Task<void> RegistryMember::stop(Steady deadline) {
    co_await scope_.close();
    const Steady most = std::min(deadline, std::chrono::steady_clock::now() + answer_time_max);
    const std::vector<OwnInstance> own_now = own_;
    for (const OwnInstance& own : own_now) {
        try {
            co_await ask("DELETE", path_of(own), {}, most);
        } catch (const Failure&) {
            break;  // its lease ends by itself
        }
    }
    instances_.keep();
}

net::http::ClientRequest RegistryMember::request_to(const RegistryAddress& registry) const {
    net::http::ClientRequest request{.origin = registry.origin};
    if (!key_.empty()) {
        request.headers.append(std::string{internal_key_field}, key_);
    }
    if (!registry.credentials.empty()) {
        request.headers.append("Authorization", registry.credentials);
    }
    return request;
}

Task<int> RegistryMember::ask(std::string method, std::string target, std::string body,
                              Steady deadline) {
    net::http::ClientRequest request = request_to(registries_[current_]);
    request.method = std::move(method);
    request.target = std::move(target);
    if (!body.empty()) {
        request.headers.append("Content-Type", "application/json");
        request.body = std::move(body);
    }
    request.replay = net::http::Replay::allowed;
    const auto answer = co_await client_.request(std::move(request), deadline);
    co_return answer.status;
}

Task<void> RegistryMember::register_all() {
    const std::vector<OwnInstance> own_now = own_;  // an offer may come meanwhile
    for (const OwnInstance& own : own_now) {
        const int status =
            co_await ask("POST", "/eureka/apps/" + percent_encode(upper(own.service)),
                         registration_of(own, dirty_at_, lease_),
                         std::chrono::steady_clock::now() + answer_time_max);
        if (status != 204) {
            throw Failure{Kind::unavailable, "upstream.refused_us",
                          "The registry does not take this process.",
                          "it answers " + std::to_string(status) + " to " + own.service +
                              (status == 403 ? ": give both the same platform.internal_key" : "")};
        }
    }
}

std::string RegistryMember::watch_target() const {
    std::string target = "/api/registry/watch?since=" + percent_encode(instances_.place());
    for (const OwnInstance& own : own_) {
        target += "&instance=" + percent_encode(upper(own.service)) + "/" +
                  percent_encode(instance_id_of(own));
    }
    return target;
}

// One connection, until it ends.
Task<void> RegistryMember::follow_one() {
    co_await register_all();
    net::http::ClientRequest request = request_to(registries_[current_]);
    request.target = watch_target();
    net::http::EventSource source{client_, std::move(request), Steady::max()};
    struct Open {
        RegistryMember& self;
        ~Open() {
            self.source_ = nullptr;
            self.is_connected_ = false;
        }
    };
    const Open open{*this};
    source_ = &source;
    const int status = co_await source.open();
    if (!source.is_stream()) {
        throw Failure{Kind::unavailable, "upstream.bad_answer", "The registry cannot be followed.",
                      "it answers " + std::to_string(status)};
    }
    is_connected_ = true;
    while (true) {
        const auto events = co_await source.next();
        if (events.empty()) {
            break;
        }
        for (const net::http::SseItem& event : events) {
            instances_.take(event);
            if (event.event == contracts::RegistryCurrent::event_type) {
                note_success();
            }
        }
    }
}

// Not before everything has come and could be read: one that only takes connections is no better
// than none.
void RegistryMember::note_success() {
    has_followed_ = true;
    has_failed_ = false;
    if (std::exchange(is_said_, false)) {
        log_info({.service = "platform"}, "follows a registry again",
                 {{"registry", registries_[current_].origin.authority()}});
    }
}

Task<void> RegistryMember::follow() {
    aio::Backoff backoff{pause_first, pause_most};
    while (true) {
        std::string problem = "it has ended the connection";
        bool was_connected = false;
        try {
            co_await follow_one();
            was_connected = true;
        } catch (const Failure& failure) {
            problem = failure.detail.empty() ? failure.message : failure.detail;
        }
        if (std::exchange(is_reopening_, false)) {
            continue;
        }
        const Steady now = std::chrono::steady_clock::now();
        if (!std::exchange(has_failed_, true)) {
            failing_since_ = now;
            backoff.reset();
        }
        const bool may_be_starting = !has_followed_ && now < failing_since_ + starting_time_max;
        if (!may_be_starting && !std::exchange(is_said_, true)) {
            log_warn(
                {.service = "platform"}, "a registry does not answer; what is known stays",
                {{"registry", registries_[current_].origin.authority()}, {"problem", problem}});
        }
        current_ = (current_ + 1) % registries_.size();
        const bool has_asked_all = current_ == 0 || was_connected;
        co_await loop_.sleep_for(has_asked_all ? backoff.next() : pause_first);
    }
}

// A registry that does not answer a beat is left for the next one.
Task<void> RegistryMember::beat() {
    while (true) {
        co_await loop_.sleep_for(std::chrono::milliseconds{lease_} / 3);
        if (!is_connected_) {
            continue;
        }
        try {
            const std::vector<OwnInstance> own_now = own_;
            for (const OwnInstance& own : own_now) {
                co_await renew(own);
            }
        } catch (const Failure&) {
            if (source_ != nullptr) {
                source_->cancel();
            }
        }
    }
}

Task<void> RegistryMember::renew(OwnInstance own) {
    const int status =
        co_await ask("PUT", path_of(own), {}, std::chrono::steady_clock::now() + answer_time_max);
    if (status == 404) {
        co_await register_all();
    } else if (status != 200) {
        throw Failure{Kind::unavailable, "upstream.bad_answer", "The registry cannot be followed."};
    }
}

Task<void> RegistryMember::keep() {
    while (true) {
        co_await loop_.sleep_for(keep_pause);
        instances_.keep();
    }
}

}  // namespace loquat::runtime
