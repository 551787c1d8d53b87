#include "runtime/remote.hpp"

#include "aio/backoff.hpp"
#include "aio/loop.hpp"
#include "base/redact.hpp"
#include "runtime/caller_header.hpp"
#include "runtime/data_feed.hpp"
#include "runtime/problem.hpp"

namespace loquat::runtime {
namespace {

constexpr int tries_max = 3;

constexpr std::size_t problem_bytes_max = 64 * 1024;

// The rest of an answer, while it comes.
class AnswerBody final : public net::http::BodySource {
  public:
    // `keep` is what the call needs to live: its pool and its origin.
    AnswerBody(std::unique_ptr<net::http::ClientCall> call, std::shared_ptr<const void> keep)
        : keep_(std::move(keep)), call_(std::move(call)) {}

    Task<std::optional<std::string>> next() override {
        const std::string_view piece = co_await call_->read_body();
        co_return piece.empty() ? std::nullopt : std::optional{std::string{piece}};
    }
    void on_client_gone() override { call_->cancel(); }

  private:
    std::shared_ptr<const void> keep_;
    std::unique_ptr<net::http::ClientCall> call_;
};

// The other process answers as if nothing were there: to a call without its key, and to one that it
// does not know.
Failure failure_of_neighbour(const net::http::Origin& origin, int status, std::string_view body) {
    Failure failure = failure_of_answer(status, body);
    if (failure.code == "request.no_route") {
        failure = {Kind::unavailable, "upstream.refused_us",
                   "A part of the platform refuses this process.",
                   origin.authority() +
                       " does not take its calls: give both processes the same "
                       "platform.internal_key, and run one version"};
    }
    return failure;
}

class HttpTransport final : public contracts::Transport,
                            public std::enable_shared_from_this<HttpTransport> {
  public:
    HttpTransport(aio::Loop& loop, net::http::Origin origin, std::string internal_key)
        : loop_(loop),
          client_(loop, {}),
          origin_(std::move(origin)),
          internal_key_(std::move(internal_key)) {}

    Task<contracts::RawReply> call(const contracts::RouteSpec& spec, contracts::Caller caller,
                                   std::string target, std::string body) override {
        const bool may_repeat = contracts::may_repeat(spec, caller);
        aio::Backoff backoff{std::chrono::milliseconds{25}, std::chrono::milliseconds{250}};
        for (int attempt = 1;; ++attempt) {
            std::exception_ptr error;
            try {
                net::http::ClientRequest request = make_request(spec, caller, target, body);
                auto answer = co_await client_.request(std::move(request), caller.deadline);
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

    // The head must come within the limits of the client; what follows ends when it is silent for
    // too long.
    Task<contracts::FeedPtr<contracts::EventText>> open(const contracts::RouteSpec& spec,
                                                        contracts::Caller caller,
                                                        std::string target,
                                                        std::string body) override {
        auto call = std::make_unique<net::http::ClientCall>(client_, origin_, Steady::max());
        const net::http::ClientRequest request = make_request(spec, caller, target, body);
        net::http::HeadWriter head = call->start(request.method, request.target);
        head.add("Host", origin_.authority());
        for (const auto& [name, value] : request.headers) {
            head.add(name, value);
        }
        co_await call->send(request.body, request.replay);
        co_await call->read_head();
        const int status = call->head().status;
        if (status >= 400) {
            throw failure_of_neighbour(origin_, status, co_await read_problem(*call));
        }
        if (status == 204) {
            co_return nullptr;
        }
        co_return make_data_feed(std::make_unique<AnswerBody>(std::move(call), shared_from_this()));
    }

  private:
    static Task<std::string> read_problem(net::http::ClientCall& call) {
        std::string body;
        while (body.size() < problem_bytes_max) {
            const std::string_view piece = co_await call.read_body();
            if (piece.empty()) {
                break;
            }
            body += piece;
        }
        co_return body;
    }

    net::http::ClientRequest make_request(const contracts::RouteSpec& spec,
                                          const contracts::Caller& caller,
                                          const std::string& target,
                                          const std::string& body) const {
        net::http::ClientRequest request{
            .origin = origin_, .method = std::string{spec.method}, .target = target};
        request.replay = contracts::may_repeat(spec, caller) ? net::http::Replay::allowed
                                                             : net::http::Replay::forbidden;
        add_caller(request.headers, caller, internal_key_);
        if (!body.empty()) {
            request.headers.append("Content-Type", "application/json");
            request.body = body;
        }
        return request;
    }

    contracts::RawReply to_reply(net::http::ClientResponse answer) const {
        if (answer.status >= 400) {
            throw failure_of_neighbour(origin_, answer.status, answer.body);
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

    Task<contracts::RawReply> call(const contracts::RouteSpec& spec, contracts::Caller caller,
                                   std::string target, std::string body) override {
        auto response = co_await run(spec, std::move(caller), std::move(target), std::move(body));
        contracts::RawReply reply{.status = response.status, .body = std::move(response.body)};
        for (const auto& [name, value] : response.headers) {
            reply.headers.emplace_back(name, value);
        }
        co_return reply;
    }

    Task<contracts::FeedPtr<contracts::EventText>> open(const contracts::RouteSpec& spec,
                                                        contracts::Caller caller,
                                                        std::string target,
                                                        std::string body) override {
        auto response = co_await run(spec, std::move(caller), std::move(target), std::move(body));
        co_return make_data_feed(std::move(response.stream));
    }

  private:
    Task<net::http::Response> run(const contracts::RouteSpec& spec, contracts::Caller caller,
                                  std::string target, std::string body) {
        const std::size_t question = std::min(target.find('?'), target.size());
        const std::string path = target.substr(0, question);
        const std::string query =
            question < target.size() ? target.substr(question + 1) : std::string{};
        const auto match = dispatcher_.find(spec.method, path);
        if (match.outcome != Dispatcher::Outcome::found) {
            throw Failure{Kind::not_found, "request.no_route", "There is nothing at " + path + "."};
        }
        auto raw = make_raw_call(match, query, std::move(body));
        auto response =
            co_await Dispatcher::run(*match.operation, std::move(caller), std::move(raw));
        if (response.status >= 400) {
            throw failure_of_answer(response.status, response.body);
        }
        co_return response;
    }

    const Dispatcher& dispatcher_;
};

class AbsentTransport final : public contracts::Transport {
  public:
    explicit AbsentTransport(std::string service) : service_(std::move(service)) {}

    Task<contracts::RawReply> call(const contracts::RouteSpec&, contracts::Caller, std::string,
                                   std::string) override {
        refuse();
        co_return contracts::RawReply{};
    }
    Task<contracts::FeedPtr<contracts::EventText>> open(const contracts::RouteSpec&,
                                                        contracts::Caller, std::string,
                                                        std::string) override {
        refuse();
        co_return nullptr;
    }

  private:
    [[noreturn]] void refuse() const {
        throw Failure{
            Kind::unavailable, "upstream.unavailable", "A part of the platform is not there.",
            service_ + " is not in this process and platform.urls does not say where it is"};
    }

    std::string service_;
};

}  // namespace

std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop, std::string_view url,
                                                          std::string internal_key) {
    auto origin = net::http::Origin::parse(url);
    if (!origin) {
        throw Failure{Kind::invalid, "config.bad_url",
                      hide_credentials(url) + " is not of the form http://host:port"};
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
