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
            read_routes_file(file_);
            return {};
        } catch (const Failure& failure) {
            return failure.message.substr(file_.string().size());
        }
    }
    std::size_t asked() const { return server->heads().size(); }

    FakeUpstream* server = nullptr;
    std::deque<int> statuses;

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
