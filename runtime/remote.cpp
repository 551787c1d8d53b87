#include "runtime/remote.hpp"

#include "aio/backoff.hpp"
#include "aio/loop.hpp"
#include "runtime/caller_header.hpp"
#include "runtime/problem.hpp"

namespace loquat::runtime {
namespace {

constexpr int tries_max = 3;

class HttpTransport final : public contracts::Transport {
  public:
    HttpTransport(aio::Loop& loop, net::http::Origin origin, std::string internal_key)
        : loop_(loop), client_(loop, {}), origin_(std::move(origin)), internal_key_(std::move(internal_key)) {}

    Task<contracts::RawReply> call(const contracts::RouteSpec& spec, contracts::Caller caller, std::string target,
                                   std::string body) override {
        const bool may_repeat = spec.method == "GET";
        aio::Backoff backoff{std::chrono::milliseconds{25}, std::chrono::milliseconds{250}};
        for (int attempt = 1;; ++attempt) {
            std::exception_ptr error;
            try {
                auto answer = co_await client_.request(make_request(spec, caller, target, body), caller.deadline);
                co_return to_reply(std::move(answer));
            } catch (const Failure& failure) {
                const bool is_passing = failure.code == "upstream.unavailable";
                if (!may_repeat || !is_passing || attempt == tries_max) {
                    throw;
                }
            }
            co_await loop_.sleep_for(backoff.next());
        }
    }

  private:
    net::http::ClientRequest make_request(const contracts::RouteSpec& spec, const contracts::Caller& caller,
                                          const std::string& target, const std::string& body) const {
        net::http::ClientRequest request{.origin = origin_, .method = std::string{spec.method}, .target = target};
        add_caller(request.headers, caller, internal_key_);
        if (!body.empty()) {
            request.headers.append("Content-Type", "application/json");
            request.body = body;
        }
        return request;
    }

    static contracts::RawReply to_reply(net::http::ClientResponse answer) {
        if (answer.status >= 400) {
            throw failure_of_answer(answer.status, answer.body);
        }
        contracts::RawReply reply{.status = answer.status, .body = std::move(answer.body)};
        for (const auto& [name, value] : answer.headers) {
            if (net::http::equal_names(name, "Set-Cookie")) {
                reply.headers.emplace_back(name, value);
            }
        }
        return reply;
    }

    aio::Loop& loop_;
    net::http::Client client_;
    net::http::Origin origin_;
    std::string internal_key_;
};

class LoopbackTransport final : public contracts::Transport {
  public:
    explicit LoopbackTransport(const Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

    Task<contracts::RawReply> call(const contracts::RouteSpec& spec, contracts::Caller caller, std::string target,
                                   std::string body) override {
        const std::size_t question = std::min(target.find('?'), target.size());
        const std::string path = target.substr(0, question);
        const std::string query = question < target.size() ? target.substr(question + 1) : std::string{};
        const auto match = dispatcher_.find(spec.method, path);
        if (match.outcome != Dispatcher::Outcome::found) {
            throw Failure{Kind::not_found, "request.no_route", "There is nothing at " + path + "."};
        }
        auto raw = make_raw_call(match, query, std::move(body));
        auto response = co_await Dispatcher::run(*match.operation, std::move(caller), std::move(raw));
        if (response.status >= 400) {
            throw failure_of_answer(response.status, response.body);
        }
        contracts::RawReply reply{.status = response.status, .body = std::move(response.body)};
        for (const auto& [name, value] : response.headers) {
            reply.headers.emplace_back(name, value);
        }
        co_return reply;
    }

  private:
    const Dispatcher& dispatcher_;
};

class AbsentTransport final : public contracts::Transport {
  public:
    explicit AbsentTransport(std::string service) : service_(std::move(service)) {}

    Task<contracts::RawReply> call(const contracts::RouteSpec&, contracts::Caller, std::string, std::string) override {
        throw Failure{Kind::unavailable, "upstream.unavailable", "A part of the platform is not there.",
                      service_ + " is not in this process and platform.urls does not say where it is"};
        co_return contracts::RawReply{};
    }

  private:
    std::string service_;
};

}  // namespace

std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop, std::string_view url,
                                                          std::string internal_key) {
    auto origin = net::http::Origin::parse(url);
    if (!origin) {
        throw Failure{Kind::invalid, "config.bad_url", std::string{url} + " is not of the form http://host:port"};
    }
    return std::make_shared<HttpTransport>(loop, std::move(*origin), std::move(internal_key));
}

std::shared_ptr<contracts::Transport> make_loopback_transport(const Dispatcher& dispatcher) {
    return std::make_shared<LoopbackTransport>(dispatcher);
}

std::shared_ptr<contracts::Transport> make_absent_transport(std::string service) {
    return std::make_shared<AbsentTransport>(std::move(service));
}

}  // namespace loquat::runtime
