#include "tests/fault/witness.hpp"

#include <algorithm>

#include "aio/run.hpp"
#include "base/failure.hpp"
#include "tests/fault/load.hpp"
#include "wire/json.hpp"

namespace loquat::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{15};
constexpr milliseconds answer_time_max{1'000};

std::string registration(const std::string& app, const std::string& address) {
    return R"({"instance":{"instanceId":")" + app + R"(-1","app":")" + app + R"(","hostName":")" +
           address + R"(","ipAddr":")" + address +
           R"(","status":"UP","leaseInfo":{"durationInSecs":2},"vipAddress":")" + app +
           R"(","port":{"$":7100,"@enabled":"true"},"dataCenterInfo":{"name":"MyOwn"}}})";
}

// Slower than this, it is asked only when the others are slower.
constexpr std::int64_t slow_us = 200'000;

bool is_slow(const wire::Value& instance) {
    return std::get<std::int64_t>(instance.find("latency_us")->any()) > slow_us;
}

// By what `/internal/clients` says of one instance.
bool is_fit(const wire::Value& instance) {
    const auto is_open = [](const auto& circuit) { return *circuit.second.if_string() == "open"; };
    return std::get<bool>(instance.find("healthy")->any()) &&
           !std::get<bool>(instance.find("absent")->any()) &&
           std::get<std::int64_t>(instance.find("aside_ms")->any()) == 0 &&
           std::ranges::none_of(*instance.find("circuits")->if_object(), is_open);
}

}  // namespace

Witness::Witness(Town& town)
    : town_(town), client_(loop_, {.connect_time_max = milliseconds{300}}) {}

Witness::Answer Witness::ask(const std::string& url, const std::string& method,
                             const std::string& target, const std::string& body) {
    net::http::ClientRequest request{
        .origin = net::http::Origin::parse(url).value(), .method = method, .target = target};
    if (!token_.empty()) {
        request.headers.append("Authorization", "Bearer " + token_);
    }
    if (!body.empty()) {
        request.headers.append("Content-Type", "application/json");
        request.body = body;
    }
    try {
        auto answer = aio::run_to_end(
            loop_, client_.request(std::move(request), steady_clock::now() + answer_time_max));
        return {answer.status, std::move(answer.body)};
    } catch (const Failure& failure) {
        return {0, failure.code};
    }
}

std::string Witness::sign_up() {
    const Answer answer = ask(town_.url("gateway-1"), "POST", "/api/auth/register",
                              R"({"username":"ana","password":"a long password 1"})");
    if (answer.status != 201) {
        throw Failure{Kind::internal, "test.register", answer.body};
    }
    token_ = *wire::parse(answer.body).find("access_token")->if_string();
    return token_;
}

std::vector<std::string> Witness::living(const std::string& service) const {
    std::vector<std::string> names;
    for (const std::string& name : {service + "-1", service + "-2"}) {
        if (name != left_out_) {
            names.push_back(name);
        }
    }
    return names;
}

bool Witness::do_gateways_hold(const std::string& process, Opinion opinion) {
    const std::string place = "//" + town_.address(process) + ":";
    return std::ranges::all_of(living("gateway"), [&](const std::string& gateway) {
        const Answer answer = ask(town_.url(gateway), "GET", "/internal/clients");
        if (answer.status != 200) {
            return false;
        }
        bool is_listed = false;
        bool are_fit = true;
        for (const wire::Value& client : *wire::parse(answer.body).find("clients")->if_array()) {
            const bool is_of_news =
                client.find("service")->if_string()->find("news") != std::string::npos;
            for (const wire::Value& instance : *client.find("instances")->if_array()) {
                if (!is_of_news &&
                    instance.find("url")->if_string()->find(place) != std::string::npos) {
                    is_listed = true;
                    are_fit = are_fit && is_fit(instance) &&
                              (opinion == Opinion::fit || !is_slow(instance));
                }
            }
        }
        return (is_listed && are_fit) == (opinion == Opinion::fit);
    });
}

bool Witness::is_registered(const std::string& process) {
    const std::string host = R"("id":")" + town_.address(process) + ":";
    return std::ranges::any_of(living("registry"), [&](const std::string& registry) {
        return ask(town_.url(registry), "GET", "/api/registry/apps").body.find(host) !=
               std::string::npos;
    });
}

bool Witness::is_news_told(const std::string& registry) {
    const std::string id = "/eureka/apps/news/news-1";
    const Answer put = ask(town_.url(registry), "POST", "/eureka/apps/news",
                           registration("news", town_.address("demo-1")));
    const bool is_told =
        put.status == 204 &&
        ask(town_.url("gateway-1"), "GET", "/news/" + std::to_string(++news_)).status == 200;
    if (is_told) {
        ask(town_.url(registry), "DELETE", id);
    }
    return is_told;
}

bool Witness::is_answered(const std::string& target) {
    return std::ranges::all_of(living("gateway"), [&](const std::string& gateway) {
        return ask(town_.url(gateway), "GET", target).status == 200;
    });
}

std::optional<std::int64_t> Witness::time_until(const std::function<bool()>& holds) {
    const Steady begun = steady_clock::now();
    while (!holds()) {
        if (steady_clock::now() - begun > patience) {
            return std::nullopt;
        }
        aio::Loop loop{"pause"};
        aio::run_to_end(loop, pause_for(milliseconds{10}));
    }
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun).count();
}

}  // namespace loquat::test
