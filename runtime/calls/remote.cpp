#include "runtime/calls/remote.hpp"

#include "aio/backoff.hpp"
#include "aio/loop.hpp"
#include "base/redact.hpp"
#include "contracts/core/named_request.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/calls/data_feed.hpp"
#include "runtime/calls/patient_call.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/resilience/service_calls.hpp"
#include "runtime/tls/platform_tls.hpp"

namespace loquat::runtime {
namespace {

constexpr std::size_t problem_bytes_max = 64 * 1024;
constexpr std::size_t answer_bytes_max = 16 * 1024 * 1024;

// An answer that is read for longer than its call; keeps what it needs to live.
struct OpenCall {
    OpenCall(std::shared_ptr<const void> pool, net::http::Client& client, net::http::Origin at)
        : keep(std::move(pool)), origin(std::move(at)), call(client, origin, Steady::max()) {}

    std::shared_ptr<const void> keep;
    net::http::Origin origin;
    net::http::ClientCall call;
};

// The rest of an answer, while it comes.
class AnswerBody final : public net::http::BodySource {
  public:
    explicit AnswerBody(std::shared_ptr<OpenCall> open) : open_(std::move(open)) {}

    Task<std::optional<std::string>> next() override {
        const std::string_view piece = co_await open_->call.read_body();
        co_return piece.empty() ? std::nullopt : std::optional{std::string{piece}};
    }
    void on_client_gone() override { open_->call.cancel(); }

  private:
    std::shared_ptr<OpenCall> open_;
};

// The other process answers as if nothing were there: to a call without its key, and to one that it
// does not know.
Failure failure_of_neighbour(const net::http::Origin& origin, int status, std::string_view body) {
    Failure failure = failure_of_answer(status, body);
    if (failure.code == "http.needs_tls") {
        return {Kind::unavailable, "upstream.needs_tls", "The other server wants TLS.",
                origin.authority() + ": name it with https://, and platform.tls"};
    }
    if (failure.code == "tls.no_certificate") {
        return {Kind::unavailable, "upstream.no_certificate",
                "The other server wants a certificate.",
                origin.authority() + ": give this process platform.tls.certificate"};
    }
    if (failure.code == "request.no_route" || failure.code == "call.not_in_table") {
        failure = {Kind::unavailable, "upstream.refused_us",
                   "A part of the platform refuses this process.",
                   origin.authority() +
                       " does not take its calls: give both processes the same "
                       "platform.internal_key, or certificates for their services, and run one "
                       "version"};
    }
    return failure;
}

bool may_repeat(const contracts::RouteSpec& spec, const contracts::Caller& caller,
                std::string_view body) {
    return contracts::may_repeat(contracts::repeat_of(spec), !caller.idempotency_key.empty(), body);
}

OperationClass class_of(const contracts::RouteSpec& spec) {
    return contracts::repeat_of(spec) == contracts::Repeat::safe ? OperationClass::read
                                                                 : OperationClass::change;
}

// Keeps, when an attempt ends however it does, whether it reached anyone.
struct ReachNote {
    net::http::ClientCall& call;
    bool& has_connected;
    ~ReachNote() { has_connected = call.has_connected(); }
};

class HttpTransport final : public contracts::Transport,
                            public std::enable_shared_from_this<HttpTransport> {
  public:
    HttpTransport(aio::Loop& loop, std::shared_ptr<ServiceCalls> calls, CallProof proof)
        : loop_(loop),
          client_(loop, proof.tls == nullptr ? net::http::ClientConfig{}
                                             : proof.tls->for_calls({}, proof.service)),
          calls_(std::move(calls)),
          proof_(std::move(proof)) {
        calls_->on_gone([this](const net::http::Origin& origin) { client_.leave(origin); });
    }
    ~HttpTransport() override { calls_->on_gone(nullptr); }
    HttpTransport(const HttpTransport&) = delete;
    HttpTransport& operator=(const HttpTransport&) = delete;

    Task<contracts::RawReply> call(const contracts::RouteSpec& spec, contracts::Caller caller,
                                   std::string target, std::string body) override {
        ServiceCall call{*calls_, class_of(spec)};
        const Asked asked{spec, caller, target, body, may_repeat(spec, caller, body)};
        aio::Backoff backoff = first_pause();
        for (;;) {
            Attempt attempt = next_attempt(call, asked, caller.deadline);
            std::exception_ptr error;
            try {
                auto reply = co_await ask(call, attempt, asked);
                call.end(CallOutcome::success);
                co_return reply;
            } catch (const Failure& failure) {
                judge(call, attempt, failure);
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
        ServiceCall call{*calls_, OperationClass::stream};
        const Asked asked{spec, caller, target, body, may_repeat(spec, caller, body)};
        aio::Backoff backoff = first_pause();
        for (;;) {
            Attempt attempt = next_attempt(call, asked, Steady::max());
            try {
                auto feed = co_await open_at(attempt, asked);
                call.end(CallOutcome::success);
                co_return feed;
            } catch (const Failure& failure) {
                judge(call, attempt, failure);
            }
            co_await loop_.sleep_for(backoff.next());
        }
    }

  private:
    struct Asked {
        const contracts::RouteSpec& spec;
        const contracts::Caller& caller;
        const std::string& target;
        const std::string& body;
        bool may_repeat;
    };
    struct Attempt {
        net::http::Origin origin;
        Steady deadline;
        bool may_repeat = false;
        bool is_cut_short = false;   // there is time for another after it
        bool has_connected = false;  // something of it may have arrived
        bool has_answered = false;   // the failure is the other side's own word
    };

    // What a failure says of the instance that it came from: those of a service's own (a model that
    // is overloaded, a bad request) are answers.
    static CallOutcome outcome_of(const Attempt& attempt, const Failure& failure) {
        const bool is_its_trouble =
            failure.code.starts_with("upstream.") || failure.code == "server.restarting";
        return !is_its_trouble          ? CallOutcome::success
               : attempt.has_answered   ? CallOutcome::refused
               : !attempt.has_connected ? CallOutcome::unreachable
                                        : CallOutcome::failure;
    }

    static aio::Backoff first_pause() {
        return aio::Backoff{std::chrono::milliseconds{25}, std::chrono::milliseconds{250}};
    }

    // Where another instance could be asked, one that sleeps gets half of the time.
    static Attempt next_attempt(ServiceCall& call, const Asked& asked, Steady deadline) {
        Attempt attempt{.origin = call.begin()->endpoint.origin, .deadline = deadline};
        attempt.may_repeat = asked.may_repeat;
        if (asked.may_repeat && deadline != Steady::max() && call.could_try_again()) {
            const Steady now = std::chrono::steady_clock::now();
            attempt.deadline = now + (deadline - now) / 2;
            attempt.is_cut_short = true;
        }
        return attempt;
    }

    // Throws the failure, unless the call may be tried again.
    void judge(ServiceCall& call, const Attempt& attempt, const Failure& failure) const {
        call.end(outcome_of(attempt, failure));
        if (proof_.tls != nullptr) {
            proof_.tls->note_failed_call(calls_->service(), failure);
        }
        const bool is_gone = failure.code == "upstream.unavailable" || is_of_tls(failure);
        const bool is_passing = is_gone || failure.code == "server.restarting" ||
                                (attempt.is_cut_short && failure.code == "upstream.timeout");
        const bool is_safe = attempt.may_repeat || (is_gone && !attempt.has_connected);
        const auto reached =
            attempt.has_connected ? ServiceCall::Reached::maybe : ServiceCall::Reached::nobody;
        if (!is_passing || !is_safe || !call.try_again(reached)) {
            throw;
        }
    }

    // What a registry or a file says must not make this process speak without TLS.
    void check_scheme(const net::http::Origin& origin) const {
        if (proof_.tls != nullptr && proof_.tls->is_mutual() &&
            origin.scheme == net::http::Scheme::http) {
            throw Failure{Kind::unavailable, "upstream.not_tls",
                          "The other server does not speak TLS there.",
                          origin.authority() + " is known with http://, and platform.tls is set"};
        }
    }

    void write_head(net::http::ClientCall& call, const net::http::Origin& to,
                    const Asked& asked) const {
        check_scheme(to);
        net::http::HeadWriter head = call.start(asked.spec.method, asked.target);
        head.add("Host", to.authority());
        net::http::Headers fields;
        add_caller(fields, asked.caller, proof_.key);
        if (!asked.body.empty()) {
            fields.append("Content-Type", "application/json");
        }
        for (const auto& [name, value] : fields) {
            head.add(name, value);
        }
    }

    static net::http::Replay replay_of(const Asked& asked) {
        return asked.may_repeat ? net::http::Replay::allowed : net::http::Replay::forbidden;
    }

    static Task<void> check_answer(net::http::ClientCall& call, Attempt& attempt) {
        const int status = call.head().status;
        if (status >= 400) {
            std::string body = co_await read_up_to(call, problem_bytes_max);
            attempt.has_answered = true;
            throw failure_of_neighbour(attempt.origin, status, body);
        }
    }

    Task<contracts::RawReply> ask(ServiceCall& service, Attempt& attempt, const Asked& asked) {
        net::http::ClientCall first{client_, attempt.origin, attempt.deadline};
        const ReachNote note{first, attempt.has_connected};
        write_head(first, attempt.origin, asked);
        if (!asked.may_repeat) {
            co_await first.send(asked.body, replay_of(asked));
            co_await first.read_head();
            co_return co_await read_reply(first, attempt);
        }
        const auto to_other = [this, &asked](const Endpoint& other) {
            auto call = std::make_unique<net::http::ClientCall>(client_, other.origin,
                                                                asked.caller.deadline);
            write_head(*call, other.origin, asked);
            return call;
        };
        PatientCall patient{{loop_, service, first, to_other, shared_from_this()}};
        net::http::ClientCall* answered = co_await patient.ask(asked.body, replay_of(asked));
        co_return co_await read_reply(*answered, attempt);
    }

    static Task<contracts::RawReply> read_reply(net::http::ClientCall& call, Attempt& attempt) {
        co_await check_answer(call, attempt);
        contracts::RawReply reply{.status = call.head().status};
        for (const net::http::HeaderView& field : call.head().headers) {
            if (net::http::equal_names(field.name, "Set-Cookie")) {
                reply.headers.emplace_back(field.name, field.value);
            }
        }
        reply.body = co_await read_up_to(call, answer_bytes_max);
        if (!call.is_body_done()) {
            throw Failure{Kind::unavailable, "upstream.bad_answer",
                          "The other server's answer is not valid.",
                          attempt.origin.authority() + ": the body is too large"};
        }
        co_return reply;
    }

    Task<contracts::FeedPtr<contracts::EventText>> open_at(Attempt& attempt, const Asked& asked) {
        auto open = std::make_shared<OpenCall>(shared_from_this(), client_, attempt.origin);
        const ReachNote note{open->call, attempt.has_connected};
        write_head(open->call, attempt.origin, asked);
        co_await open->call.send(asked.body, replay_of(asked));
        co_await open->call.read_head();
        co_await check_answer(open->call, attempt);
        if (open->call.head().status == 204) {
            co_return nullptr;
        }
        co_return make_data_feed(std::make_unique<AnswerBody>(std::move(open)));
    }

    static Task<std::string> read_up_to(net::http::ClientCall& call, std::size_t bytes_max) {
        std::string body;
        while (body.size() < bytes_max) {
            const std::string_view piece = co_await call.read_body();
            if (piece.empty()) {
                break;
            }
            body += piece;
        }
        co_return body;
    }

    aio::Loop& loop_;
    net::http::Client client_;
    std::shared_ptr<ServiceCalls> calls_;
    CallProof proof_;
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

// What calls to one address need beside it.
struct OneAddress {
    explicit OneAddress(std::string_view url) : instances(std::array{std::string{url}}) {}

    FixedInstances instances;
    Metrics metrics;
    SystemClock clock;
    std::shared_ptr<ServiceCalls> calls;
};

}  // namespace

std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop,
                                                          std::shared_ptr<ServiceCalls> calls,
                                                          CallProof proof) {
    return std::make_shared<HttpTransport>(loop, std::move(calls), std::move(proof));
}

std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop, std::string_view url,
                                                          CallProof proof) {
    if (!net::http::Origin::parse(url)) {
        throw Failure{Kind::invalid, "config.bad_url",
                      hide_credentials(url) + " is not of the form http://host:port"};
    }
    auto one = std::make_shared<OneAddress>(url);
    const ServiceCalls::Of of{std::string{url}, {}, one->instances, one->metrics, one->clock};
    one->calls = std::make_shared<ServiceCalls>(of, to_rules(ClientsConfig{}, {}));
    ServiceCalls* calls = one->calls.get();
    return make_http_transport(loop, std::shared_ptr<ServiceCalls>{std::move(one), calls},
                               std::move(proof));
}

std::shared_ptr<contracts::Transport> make_loopback_transport(const Dispatcher& dispatcher) {
    return std::make_shared<LoopbackTransport>(dispatcher);
}

}  // namespace loquat::runtime
