#include <fstream>

#include "services/gateway/routes/spring_routes.hpp"
#include "services/gateway/tests/harness.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::gateway {
namespace {

using net::http::Exchange;

// A gateway with a file of Spring Cloud Gateway; one server, whose answers are said beforehand.
class SpringSteps : public GatewayHarness, public testing::Test {
  protected:
    SpringSteps() { config.limits.enabled = false; }
    ~SpringSteps() override { std::filesystem::remove_all(folder_); }

    // `text` stands below the route's `filters:`.
    void start_with(const std::string& text) {
        server = &add_upstream([this](Exchange& exchange) -> Task<void> {
            net::http::Response response{.status = 200, .body = "good"};
            if (!statuses.empty()) {
                response.status = statuses.front();
                response.body = "bad";
                statuses.pop_front();
            }
            for (const auto& [name, value] : fields) {
                response.headers.append(name, value);
            }
            co_await exchange.respond(std::move(response));
        });
        write(text);
        config.routes_file = file_.string();
        start();
    }
    std::string refusal(const std::string& text) {
        server = &add_upstream(text_answer("x"));
        write(text);
        try {
            read_spring({.routes_file = file_.string()});
            return {};
        } catch (const Failure& failure) {
            return failure.message.substr(file_.string().size());
        }
    }
    std::size_t asked() const { return server->heads().size(); }

    FakeUpstream* server = nullptr;
    std::deque<int> statuses;
    std::vector<std::pair<std::string, std::string>> fields;  // of its answers

  private:
    void write(const std::string& text) {
        std::ofstream{file_} << "spring:\n  cloud:\n    gateway:\n      routes:\n"
                                "        - id: r\n          uri: "
                             << server->url()
                             << "\n          predicates: [Path=/up/**]\n          filters:\n"
                             << text;
    }

    std::filesystem::path folder_ = test::make_folder();
    std::filesystem::path file_ = folder_ / "application.yml";
};

constexpr const char* retry_of_two =
    "            - name: Retry\n              args:\n                retries: 2\n"
    "                statuses: [CONFLICT, BAD_GATEWAY]\n                methods: GET,POST\n"
    "                backoff: {firstBackoff: 1ms, maxBackoff: 2ms, factor: 2, "
    "basedOnPreviousValue: false}\n                exceptions: java.io.IOException\n";

TEST_F(SpringSteps, repeat_what_retry_names_at_the_one_server_that_there_is) {
    start_with(retry_of_two);
    statuses = {409, 500};

    const auto answer = post("/up/a", "body");

    EXPECT_EQ(answer.body, "good");
    EXPECT_EQ(asked(), 3);
}

TEST_F(SpringSteps, give_the_last_answer_when_the_repeats_are_over) {
    start_with(retry_of_two);
    statuses = {409, 409, 409, 409};

    const auto answer = get("/up/a");

    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "bad");
    EXPECT_EQ(asked(), 3);
}

TEST_F(SpringSteps, repeat_nothing_that_retry_does_not_name) {
    start_with(retry_of_two);
    statuses = {404, 500};

    EXPECT_EQ(get("/up/a").status, 404);
    EXPECT_EQ(send({.method = "PUT", .target = "/up/a"}).status, 500);
    EXPECT_EQ(asked(), 2);
}

TEST_F(SpringSteps, repeat_gets_that_failed_three_times_where_retry_says_no_more) {
    start_with("            - Retry=3\n");
    statuses = {500, 502, 503};

    EXPECT_EQ(get("/up/a").body, "good");
    EXPECT_EQ(asked(), 4);
}

TEST_F(SpringSteps, take_the_statuses_of_a_circuit_breaker_for_failures) {
    start_with(
        "            - name: CircuitBreaker\n              args:\n                name: c\n"
        "                fallbackUri: forward:/sorry\n                statusCodes: [418, "
        "NOT_FOUND]\n"
        "        - id: sorry\n          uri: " +
        add_upstream(text_answer("sorry")).url() + "\n          predicates: [Path=/sorry]\n");
    statuses = {404, 418, 500};

    EXPECT_EQ(get("/up/a").body, "sorry");
    EXPECT_EQ(get("/up/a").body, "sorry");
    EXPECT_EQ(get("/up/a").status, 500);
}

constexpr const char* sorry_route =
    "        - id: sorry\n          uri: ADDRESS\n          predicates: [Path=/sorry]\n"
    "          filters:\n            - name: FallbackHeaders\n              args:\n"
    "                executionExceptionTypeHeaderName: Test-Type\n";

TEST_F(SpringSteps, tell_the_server_of_a_fallback_why_it_is_asked) {
    FakeUpstream& sorry = add_upstream(text_answer("sorry"));
    std::string route = sorry_route;
    route.replace(route.find("ADDRESS"), 7, sorry.url());
    start_with("            - CircuitBreaker=c,forward:/sorry\n" + route);
    statuses = {503};

    EXPECT_EQ(get("/up/a", {{"Test-Type", "made up"}}).body, "sorry");
    EXPECT_EQ(
        get("/sorry", {{"Test-Type", "made up"}, {"execution-exception-message", "made up"}}).body,
        "sorry");

    EXPECT_TRUE(sorry.heads().at(0).contains("\ntest-type: upstream.unavailable\n"))
        << sorry.heads().at(0);
    EXPECT_TRUE(sorry.heads().at(0).contains("\nexecution-exception-message: The other server"));
    EXPECT_TRUE(sorry.heads().at(0).contains("\nroot-cause-exception-message: 127.0.0.1:"));
    for (const std::string& head : sorry.heads()) {
        EXPECT_FALSE(head.contains("made up")) << head;
    }
    EXPECT_FALSE(sorry.heads().at(1).contains("xception")) << "it stands in for nobody";
}

TEST_F(SpringSteps, refuse_a_request_with_a_field_that_is_too_large) {
    start_with("            - RequestHeaderSize=40B, X-Why\n");
    const std::string most(32, 'v');  // with its name 40 bytes

    const auto good = get("/up/a", {{"X-Field-", most}});
    const auto bad = get("/up/a", {{"X-Field-", most + "v"}});
    const auto twice = get("/up/a", {{"X-Field-", most.substr(1)}, {"x-field-", "vv"}});

    EXPECT_EQ(good.status, 200);
    EXPECT_EQ(bad.status, 431);
    EXPECT_TRUE(bad.body.contains("http.header_too_large")) << bad.body;
    EXPECT_EQ(bad.headers.get("X-Why"),
              "The field X-Field- is larger than 40 bytes, which is what this route takes.");
    EXPECT_EQ(twice.status, 431);
    EXPECT_EQ(asked(), 1);
}

TEST_F(SpringSteps, change_fields_of_answers_by_what_they_are) {
    start_with(
        "            - DedupeResponseHeader=X-Many, RETAIN_LAST\n"
        "            - RewriteResponseHeader=X-Red, , password=[^&]+, password=***\n"
        "            - RewriteLocationResponseHeader=AS_IN_REQUEST, Location, ,\n"
        "            - name: RewriteLocationResponseHeader\n              args: "
        "{stripVersionMode: NEVER_STRIP, locationHeaderName: X-Next, hostValue: 'a.example', "
        "protocolsRegex: https}\n");
    fields = {{"X-Many", "1"},
              {"X-Many", "2"},
              {"X-Red", "/42?password=omg!what&flag=true"},
              {"Location", "http://inside:99/v2/x"},
              {"X-Next", "https://inside/v2/y"}};

    const auto answer = get("/up/a", {{"Host", "shop.example"}});

    EXPECT_EQ(answer.headers.get("X-Many"), "2");
    EXPECT_EQ(answer.headers.get("X-Red"), "/42?password=***&flag=true");
    EXPECT_EQ(answer.headers.get("Location"), "http://shop.example/x");
    EXPECT_EQ(answer.headers.get("X-Next"), "https://a.example/v2/y");
    EXPECT_EQ(answer.body, "good");
}

TEST_F(SpringSteps, are_known_by_the_arguments_that_spring_names) {
    for (const char* good :
         {"DedupeResponseHeader, args: {name: A B, strategy: RETAIN_UNIQUE}",
          "RewriteResponseHeader, args: {name: A, regexp: 'b{1,3}', replacement: ''}",
          "RewriteLocationResponseHeader, args: {stripVersion: ALWAYS_STRIP, protocols: ftp}",
          "RequestHeaderSize, args: {max-size: 1KB}", "FallbackHeaders, args: {}"}) {
        EXPECT_EQ(refusal(std::string{"            - {name: "} + good + "}\n"), "") << good;
    }
    EXPECT_TRUE(refusal("            - {name: RewriteLocationResponseHeader, args: {host: a}}\n")
                    .contains("has no argument host; known are stripVersion, locationHeaderName, "
                              "hostValue, protocols"));
    EXPECT_TRUE(refusal("            - {name: FallbackHeaders, args: {name: a}}\n")
                    .contains("has no argument name; known are executionExceptionType"));
}

TEST_F(SpringSteps, answer_nothing_where_a_circuit_breaker_resumes_without_error) {
    start_with(
        "            - name: CircuitBreaker\n              args: {name: c, resumeWithoutError: "
        "true}\n");
    statuses = {503};

    const auto answer = get("/up/a");

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
}

TEST_F(SpringSteps, are_refused_with_line_route_and_what_is_wrong) {
    EXPECT_EQ(refusal("            - name: Retry\n              args: {retries: 3, retrys: 4}\n")
                  .substr(0, 44),
              ":9: route r Retry has no argument retrys; kn");
    EXPECT_TRUE(refusal("            - Retry=30\n").contains("Retry takes 0 to 9 retries, not 30"));
    EXPECT_TRUE(refusal("            - name: Retry\n              args: {statuses: NONE}\n")
                    .contains("statuses such as BAD_GATEWAY or 502, not NONE"));
    EXPECT_TRUE(refusal("            - name: Retry\n              args: {backoff: {firstBackoff: "
                        "soon}}\n")
                    .contains("a backoff such as 50ms, not soon"));
    EXPECT_TRUE(refusal("            - name: Retry\n              args: {backoff: {first: 5ms}}\n")
                    .contains("Retry has no argument backoff.first"));
    EXPECT_TRUE(
        refusal("            - name: CircuitBreaker\n              args: {statusCodes: [x]}\n")
            .contains("statusCodes such as 500, not x"));
    EXPECT_TRUE(refusal("            - LocalResponseCache=soon\n").contains("a time such as 30m"));
}

}  // namespace
}  // namespace loquat::gateway
