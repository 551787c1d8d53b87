#include "runtime/front/dispatcher.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "contracts/core/binding.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/calls/remote.hpp"
#include "runtime/front/problem.hpp"

namespace loquat::runtime {

struct Greeting {
    std::string text;
    std::int32_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Greeting, (), (text, count))

struct GreetRequest {
    std::string name;
    std::int32_t times = 1;
    std::vector<std::int64_t> marks;
    static constexpr std::array<std::string_view, 2> defaulted{"times", "marks"};
    static constexpr std::array fields{wire::Field{"name", 1, 10, ""},
                                       wire::Field{"times", 1, 3, ""}};
};
BOOST_DESCRIBE_STRUCT(GreetRequest, (), (name, times, marks))

struct ChangeRequest {
    std::string name;
    std::optional<std::int32_t> times;
};
BOOST_DESCRIBE_STRUCT(ChangeRequest, (), (name, times))

class GreetApi {
  public:
    virtual ~GreetApi() = default;
    virtual Task<Greeting> greet(contracts::Caller caller, GreetRequest request) = 0;
    virtual Task<contracts::Reply<Greeting>> make(contracts::Caller caller,
                                                  GreetRequest request) = 0;
    virtual Task<void> forget(contracts::Caller caller, GreetRequest request) = 0;
    virtual Task<Greeting> change(contracts::Caller caller, ChangeRequest request) = 0;
    virtual Task<Greeting> try_change(contracts::Caller caller, ChangeRequest request) = 0;
    virtual Task<Greeting> fail(contracts::Caller caller, contracts::Empty request) = 0;
};

}  // namespace loquat::runtime

template <>
struct loquat::contracts::Table<loquat::runtime::GreetApi> {
    using Api = runtime::GreetApi;
    static constexpr std::string_view service = "greet";
    static constexpr std::tuple routes{
        Route<&Api::greet>{{.method = "GET", .path = "/greet/{name}", .access = Access::anyone}},
        Route<&Api::make>{{.method = "POST", .path = "/greet", .access = Access::user}},
        Route<&Api::forget>{{.method = "DELETE", .path = "/greet/{name}", .access = Access::admin}},
        Route<&Api::change>{{.method = "PATCH", .path = "/greet/{name}", .access = Access::anyone}},
        Route<&Api::try_change>{
            {.method = "POST", .path = "/try/{name}", .access = Access::anyone}},
        Route<&Api::fail>{{.method = "POST", .path = "/fail", .access = Access::anyone}},
    };
};

namespace loquat::runtime {
namespace {

class Greeter final : public GreetApi {
  public:
    Task<Greeting> greet(contracts::Caller, GreetRequest request) override {
        co_return Greeting{request.name,
                           request.times + static_cast<std::int32_t>(request.marks.size())};
    }
    Task<contracts::Reply<Greeting>> make(contracts::Caller caller, GreetRequest request) override {
        Greeting made{caller.username + ":" + request.name, request.times};
        co_return contracts::Reply<Greeting>{
            .body = made,
            .status = 201,
            .headers = {{"X-Made", "yes"}, {"Cache-Control", "private"}}};
    }
    Task<void> forget(contracts::Caller, GreetRequest) override { co_return; }
    Task<Greeting> change(contracts::Caller, ChangeRequest request) override {
        co_return Greeting{request.name, request.times.value_or(-1)};
    }
    Task<Greeting> try_change(contracts::Caller, ChangeRequest request) override {
        co_return Greeting{request.name, request.times.value_or(-1)};
    }
    Task<Greeting> fail(contracts::Caller, contracts::Empty) override {
        throw std::runtime_error("a secret of the house");
        co_return Greeting{};
    }
};

// A dispatcher over one Greeter, on a loop that runs until the given task ends.
class DispatcherTest : public testing::Test {
  protected:
    DispatcherTest() {
        dispatcher_.add("greet", &greeter_, loop_, contracts::bind_table<GreetApi>());
    }

    void run(Task<void> task) { aio::run_to_end(loop_, std::move(task)); }

    net::http::Response call(std::string method, std::string path, std::string query,
                             std::string body, contracts::Caller caller = {}) {
        net::http::Response response;
        auto work = [&]() -> Task<void> {
            const auto match = dispatcher_.find(method, path);
            auto raw = make_raw_call(match, query, body);
            response = co_await Dispatcher::run(*match.operation, caller, std::move(raw));
        };
        run(work());
        return response;
    }

    static contracts::Caller person(contracts::Role role) {
        contracts::Caller caller;
        caller.user = UserId::make();
        caller.username = "ana";
        caller.role = role;
        return caller;
    }

    aio::Loop loop_{"test"};
    Metrics metrics_;
    Greeter greeter_;
    Dispatcher dispatcher_{metrics_};
};

TEST_F(DispatcherTest, fills_a_request_from_path_query_and_body) {
    EXPECT_EQ(call("GET", "/greet/a%20b", "times=2&marks=7,8", "").body,
              R"({"text":"a b","count":4})");
    EXPECT_EQ(
        call("POST", "/greet", "", R"({"name":"x","times":3})", person(contracts::Role::user)).body,
        R"({"text":"ana:x","count":3})");
}

TEST_F(DispatcherTest, answers_with_the_status_and_fields_of_a_reply) {
    auto response = call("POST", "/greet", "", R"({"name":"x"})", person(contracts::Role::user));

    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.headers.get("X-Made"), "yes");
    EXPECT_EQ(response.headers.remove("Cache-Control"), 1U) << "said once, by the operation";
    EXPECT_EQ(call("DELETE", "/greet/x", "", "", person(contracts::Role::admin)).status, 204);
}

TEST_F(DispatcherTest, refuses_by_access_before_the_service_is_asked) {
    EXPECT_EQ(call("POST", "/greet", "", "{}").status, 401);
    EXPECT_EQ(call("DELETE", "/greet/x", "", "", person(contracts::Role::user)).status, 403);
}

TEST_F(DispatcherTest, bad_values_are_422_and_name_the_field) {
    const auto response = call("GET", "/greet/abcdefghijklmnop", "times=nine", "");

    EXPECT_EQ(response.status, 422);
    EXPECT_NE(response.body.find(R"("field":"name","code":"too_long")"), std::string::npos)
        << response.body;
    EXPECT_NE(response.body.find(R"("field":"times","code":"type")"), std::string::npos)
        << response.body;
    EXPECT_EQ(call("POST", "/greet", "", "[1]", person(contracts::Role::user)).status, 422);
    EXPECT_EQ(call("POST", "/greet", "", "{", person(contracts::Role::user)).status, 400);
}

TEST_F(DispatcherTest, refuses_a_change_without_a_body) {
    const auto missing = call("PATCH", "/greet/x", "", "");

    EXPECT_EQ(missing.status, 422);
    EXPECT_NE(missing.body.find("request.invalid"), std::string::npos);
    EXPECT_EQ(call("PATCH", "/greet/x", "times=2", "").status, 422) << "a query is no body";
    EXPECT_EQ(call("PATCH", "/greet/x", "", "{}").body, R"({"text":"x","count":-1})");
    EXPECT_EQ(call("PATCH", "/greet/x", "times=2", R"({"times":3})").body,
              R"({"text":"x","count":3})");
    EXPECT_EQ(call("POST", "/try/x", "", "").body, R"({"text":"x","count":-1})")
        << "no member has to be given";
    EXPECT_NE(call("POST", "/greet", "", "", person(contracts::Role::user))
                  .body.find(R"("field":"name")"),
              std::string::npos)
        << "what is missing is named";
}

TEST_F(DispatcherTest, an_unexpected_exception_is_a_500_that_tells_nothing) {
    const auto response = call("POST", "/fail", "", "");

    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST_F(DispatcherTest, tells_a_missing_path_from_a_wrong_method) {
    EXPECT_EQ(dispatcher_.find("GET", "/nothing").outcome, Dispatcher::Outcome::no_path);
    const auto wrong = dispatcher_.find("PUT", "/greet/x");
    EXPECT_EQ(wrong.outcome, Dispatcher::Outcome::no_method);
    EXPECT_EQ(wrong.allow, "GET, DELETE, PATCH");
    EXPECT_EQ(dispatcher_.find("HEAD", "/greet/x").outcome, Dispatcher::Outcome::found);
}

TEST_F(DispatcherTest, a_loopback_client_gets_what_a_direct_one_gets) {
    Greeting direct;
    Greeting looped;
    std::string code;
    auto work = [&]() -> Task<void> {
        const contracts::Client<GreetApi> near{greeter_, loop_};
        const contracts::Client<GreetApi> far{make_loopback_transport(dispatcher_)};
        const GreetRequest request{.name = "a/b c", .times = 2, .marks = {1, 2}};
        direct = co_await near.call<&GreetApi::greet>({}, request);
        looped = co_await far.call<&GreetApi::greet>({}, request);
        try {
            co_await far.call<&GreetApi::make>({}, request);
        } catch (const Failure& failure) {
            code = failure.code;
        }
    };

    run(work());

    EXPECT_EQ(direct.text, looped.text);
    EXPECT_EQ(direct.count, looped.count);
    EXPECT_EQ(code, "auth.required");
}

// "accepted", or the code of the refusal with the fields that it names.
template <auto Method>
Task<std::string> outcome_of(const contracts::Client<GreetApi>& client, contracts::Caller caller,
                             GreetRequest request) {
    std::string outcome = "accepted";
    try {
        co_await client.call<Method>(std::move(caller), std::move(request));
    } catch (const Failure& failure) {
        outcome = failure.code;
        for (const FieldError& error : failure.fields) {
            outcome += " " + error.field + " " + error.code;
        }
    }
    co_return outcome;
}

TEST_F(DispatcherTest, a_direct_call_is_held_to_access_and_limits_as_any_other) {
    const GreetRequest good{.name = "x"};
    const GreetRequest bad{.name = "", .times = 4};
    std::vector<std::string> outcomes;
    auto work = [&]() -> Task<void> {
        const contracts::Client<GreetApi> near{greeter_, loop_};
        const contracts::Client<GreetApi> far{make_loopback_transport(dispatcher_)};
        for (const contracts::Client<GreetApi>* client : {&near, &far}) {
            outcomes.push_back(co_await outcome_of<&GreetApi::greet>(*client, {}, good));
            outcomes.push_back(co_await outcome_of<&GreetApi::greet>(*client, {}, bad));
            outcomes.push_back(co_await outcome_of<&GreetApi::make>(*client, {}, good));
            outcomes.push_back(co_await outcome_of<&GreetApi::forget>(
                *client, person(contracts::Role::user), good));
        }
    };

    run(work());

    const std::vector<std::string> one{"accepted", "request.invalid name too_short times too_large",
                                       "auth.required", "auth.admin_only"};
    EXPECT_EQ(std::vector(outcomes.begin(), outcomes.begin() + 4), one) << "direct";
    EXPECT_EQ(std::vector(outcomes.begin() + 4, outcomes.end()), one) << "through the codec";
}

TEST(PathTrie, prefers_the_more_exact_pattern) {
    PathTrie<int> trie;
    trie.at("/api/chats/{id}") = 1;
    trie.at("/api/chats/public") = 2;
    trie.at("/api/**") = 3;
    trie.at("/api/chats/{id}/messages") = 4;

    EXPECT_EQ(*trie.find("/api/chats/public").value, 2);
    EXPECT_EQ(*trie.find("/api/chats/x").value, 1);
    EXPECT_EQ(trie.find("/api/chats/x").parameters.at(0).second, "x");
    EXPECT_EQ(*trie.find("/api/chats/x/y").value, 3);
    EXPECT_EQ(*trie.find("/api").value, 3);
    EXPECT_EQ(*trie.find("/api/chats/public/messages").value, 4);
    EXPECT_EQ(trie.find("/other").value, nullptr);
    EXPECT_EQ(*trie.find("/api/chats/").value, 3);
}

TEST(Metrics, are_written_as_prometheus_reads_them) {
    Metrics metrics;
    metrics.counter("loquat_x_total", "X.", {{"a", "q\"\n"}}).add(2);
    metrics.histogram("loquat_y_seconds", "Y.").observe(std::chrono::milliseconds{3});

    const std::string text = metrics.to_text();

    EXPECT_NE(text.find("# TYPE loquat_x_total counter\nloquat_x_total{a=\"q\\\"\\n\"} 2\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("loquat_y_seconds_bucket{le=\"0.005\"} 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("loquat_y_seconds_bucket{le=\"0.0025\"} 0\n"), std::string::npos) << text;
    EXPECT_NE(text.find("loquat_y_seconds_count 1\n"), std::string::npos) << text;
}

TEST(CallerHeader, carries_a_caller_whole) {
    contracts::Caller caller;
    caller.user = UserId::make();
    caller.username = "\u00e9\n";
    caller.is_secure = true;

    const auto read = decode_caller(encode_caller(caller));

    EXPECT_EQ(read.user, caller.user);
    EXPECT_EQ(read.username, caller.username);
    EXPECT_TRUE(read.is_secure);
    EXPECT_THROW(decode_caller("!"), Failure);
}

TEST(Problem, reads_back_what_it_writes) {
    const Failure failure = invalid_field("text", "too_long", "must be short");

    const Failure read = failure_of_answer(422, problem_body(failure, "r1"));

    EXPECT_EQ(read.kind, Kind::invalid);
    EXPECT_EQ(read.code, "request.invalid");
    ASSERT_EQ(read.fields.size(), 1U);
    EXPECT_EQ(read.fields[0].field, "text");
    EXPECT_EQ(failure_of_answer(502, "<html>").code, "upstream.bad_answer");
}

}  // namespace
}  // namespace loquat::runtime
