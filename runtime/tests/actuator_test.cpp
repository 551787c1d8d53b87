#include "runtime/actuator/actuator.hpp"

#include <gtest/gtest.h>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "base/log_levels.hpp"

namespace loquat::runtime {
namespace {

struct ActuatorTest : testing::Test {
    struct Answer {
        int status = 0;
        std::string body;
    };

    Answer ask(const std::string& path, ActuatorAccess access = ActuatorAccess::operator_,
               const std::string& method = "GET", const std::string& body = {}) {
        const std::size_t question = std::min(path.find('?'), path.size());
        ActuatorRequest request{
            .method = method,
            .path = path.substr(0, question),
            .query = question < path.size() ? path.substr(question + 1) : std::string{},
            .body = body,
            .base = "http://here:1",
            .access = access};
        last = {};
        auto work = [&]() -> Task<void> { last = co_await actuator.answer(std::move(request)); };
        aio::run_to_end(loop, work());
        return {last.status, last.body};
    }
    Answer post(const std::string& path, const std::string& body) {
        return ask(path, ActuatorAccess::operator_, "POST", body);
    }

    void TearDown() override {
        set_log_threshold("chat", std::nullopt);
        set_log_threshold({}, LogThreshold::info);
    }

    aio::Loop loop{"test"};
    Health health;
    Metrics metrics;
    std::vector<ConfigLine> lines{
        {"chat.members_max", "100", "default", "How many."},
        {"gateway.port", "9000", "--port", "Where."},
        {"platform.internal_key", "\"very secret\"", "LOQUAT_PLATFORM__INTERNAL_KEY", "Secret."},
        {"platform.log_level", "\"warn\"", "loquat.yaml:3", "Least."}};
    Actuator actuator{{health, metrics, [this] { return lines; }, {"platform", "chat"}}};
    net::http::Response last;
};

TEST_F(ActuatorTest, lists_its_endpoints_as_links) {
    const Answer all = ask("/actuator");
    const Answer open = ask("/actuator/", ActuatorAccess::anyone);

    EXPECT_EQ(all.status, 200);
    EXPECT_TRUE(all.body.starts_with(
        R"({"_links":{"self":{"href":"http://here:1/actuator","templated":false},"health":{)"));
    EXPECT_NE(all.body.find(R"("metrics-requiredMetricName":{"href":)"
                            R"("http://here:1/actuator/metrics/{requiredMetricName}",)"
                            R"("templated":true})"),
              std::string::npos);
    EXPECT_NE(all.body.find(R"("health-path":{"href":"http://here:1/actuator/health/{*path}")"),
              std::string::npos);
    EXPECT_EQ(open.body.find("loggers"), std::string::npos) << "what is not for them is not listed";
}

TEST_F(ActuatorTest, answers_in_the_media_type_of_the_actuator) {
    ask("/actuator/health");

    EXPECT_EQ(last.headers.get("Content-Type"), "application/vnd.spring-boot.actuator.v3+json");
}

TEST_F(ActuatorTest, a_component_that_is_down_takes_the_status_with_it) {
    health.add("chat", "log", [] { return std::nullopt; });
    health.add("platform", "disk", [] { return std::optional<std::string>{"little is left"}; });

    EXPECT_EQ(ask("/actuator/health").status, 503);
    EXPECT_EQ(ask("/actuator/health").body,
              R"({"status":"DOWN","components":{"chat":{"status":"UP","components":{)"
              R"("log":{"status":"UP"}}},"livenessState":{"status":"UP"},"ping":{"status":"UP"},)"
              R"("platform":{"status":"DOWN","components":{"disk":{"status":"DOWN",)"
              R"("details":{"problem":"little is left"}}}},"readinessState":{"status":"UP"}},)"
              R"("groups":["liveness","readiness"]})");
    EXPECT_EQ(ask("/actuator/health/platform/disk").body,
              R"({"status":"DOWN","details":{"problem":"little is left"}})");
    EXPECT_EQ(ask("/actuator/health/chat").status, 200);
    EXPECT_EQ(ask("/actuator/health/liveness").status, 200);
    EXPECT_EQ(ask("/readyz", ActuatorAccess::anyone).status, 503);
    EXPECT_EQ(ask("/actuator/health/nobody").status, 404);
}

TEST_F(ActuatorTest, a_component_that_is_only_useful_takes_nothing_out_of_service) {
    health.add_useful("platform", "broadcast", [] { return std::optional<std::string>{"away"}; });

    EXPECT_EQ(ask("/actuator/health/platform").body,
              R"({"status":"UP","components":{"broadcast":{"status":"UNKNOWN",)"
              R"("details":{"problem":"away"}}}})");
    EXPECT_EQ(ask("/readyz", ActuatorAccess::anyone).status, 200);
    EXPECT_TRUE(health.is_up());
}

TEST_F(ActuatorTest, strangers_learn_the_status_and_nothing_of_the_components) {
    health.add("chat", "log", [] { return std::nullopt; });

    EXPECT_EQ(ask("/actuator/health", ActuatorAccess::anyone).body,
              R"({"status":"UP","groups":["liveness","readiness"]})");
    EXPECT_EQ(ask("/actuator/health/chat", ActuatorAccess::anyone).status, 404);
    EXPECT_EQ(ask("/actuator/health/liveness", ActuatorAccess::anyone).body, R"({"status":"UP"})");
    for (const char* path : {"/actuator/env", "/actuator/loggers", "/actuator/metrics"}) {
        EXPECT_EQ(ask(path, ActuatorAccess::anyone).status, 404) << path;
    }
}

TEST_F(ActuatorTest, a_process_that_is_about_to_stop_is_alive_and_not_ready) {
    health.withdraw();

    EXPECT_EQ(ask("/livez", ActuatorAccess::anyone).body, R"({"status":"UP"})");
    EXPECT_EQ(ask("/readyz", ActuatorAccess::anyone).body, R"({"status":"OUT_OF_SERVICE"})");
    EXPECT_EQ(ask("/actuator/health").status, 503);
}

TEST_F(ActuatorTest, a_metric_is_narrowed_by_its_tags) {
    metrics.counter("loquat_requests_total", "Requests.", {{"route", "a"}, {"status", "2xx"}})
        .add(3);
    metrics.counter("loquat_requests_total", "Requests.", {{"route", "b"}, {"status", "2xx"}})
        .add(4);
    metrics.histogram("loquat_call_seconds", "Calls.").observe(std::chrono::milliseconds{250});

    EXPECT_EQ(ask("/actuator/metrics").body, R"({"names":["loquat.call","loquat.requests"]})");
    EXPECT_EQ(ask("/actuator/metrics/loquat.requests").body,
              R"({"name":"loquat.requests","description":"Requests.","measurements":[{)"
              R"("statistic":"COUNT","value":7}],"availableTags":[{"tag":"route","values":)"
              R"(["a","b"]},{"tag":"status","values":["2xx"]}]})");
    EXPECT_EQ(ask("/actuator/metrics/loquat_requests_total?tag=route:b&tag=status:2xx").body,
              R"({"name":"loquat_requests_total","description":"Requests.","measurements":[{)"
              R"("statistic":"COUNT","value":4}],"availableTags":[]})");
    EXPECT_EQ(ask("/actuator/metrics/loquat.call").body,
              R"({"name":"loquat.call","description":"Calls.","baseUnit":"seconds",)"
              R"("measurements":[{"statistic":"COUNT","value":1},{"statistic":"TOTAL_TIME",)"
              R"("value":0.25},{"statistic":"MAX","value":0.25}],"availableTags":[]})");
    EXPECT_EQ(ask("/actuator/metrics/loquat.requests?tag=route:c").status, 404);
    EXPECT_EQ(ask("/actuator/metrics/loquat.requests?tag=route").status, 400);
    EXPECT_EQ(ask("/actuator/metrics/nothing").status, 404);
}

TEST_F(ActuatorTest, a_logger_takes_a_level_of_its_own_and_gives_it_back) {
    set_log_threshold({}, LogThreshold::warn);

    EXPECT_EQ(ask("/actuator/loggers/chat").body, R"({"effectiveLevel":"WARN"})");
    EXPECT_EQ(post("/actuator/loggers/chat", R"({"configuredLevel":"DEBUG"})").status, 204);
    EXPECT_EQ(ask("/actuator/loggers/chat").body,
              R"({"configuredLevel":"DEBUG","effectiveLevel":"DEBUG"})");
    EXPECT_TRUE(is_logged(Level::debug));
    EXPECT_EQ(post("/actuator/loggers/chat", R"({"configuredLevel":null})").status, 204);
    EXPECT_FALSE(is_logged(Level::info));
    EXPECT_EQ(post("/actuator/loggers/ROOT", R"({"configuredLevel":"error"})").status, 204);
    EXPECT_EQ(ask("/actuator/loggers/ROOT").body,
              R"({"configuredLevel":"ERROR","effectiveLevel":"ERROR"})");
    EXPECT_NE(ask("/actuator/loggers")
                  .body.find(R"("levels":["OFF","ERROR","WARN","INFO","DEBUG","TRACE"],"loggers":{)"
                             R"("ROOT":{"configuredLevel":"ERROR")"),
              std::string::npos);
}

TEST_F(ActuatorTest, a_level_that_is_none_changes_nothing) {
    for (const char* body :
         {R"({"configuredLevel":"LOUD"})", R"({"configuredLevel":7})", "[]", "{", R"("DEBUG")"}) {
        EXPECT_EQ(post("/actuator/loggers/chat", body).status, 400) << body;
    }
    EXPECT_EQ(post("/actuator/loggers/nobody", R"({"configuredLevel":"DEBUG"})").status, 404);
    EXPECT_EQ(post("/actuator/loggers", "{}").status, 400);
    EXPECT_EQ(ask("/actuator/loggers/chat").body, R"({"effectiveLevel":"INFO"})");
}

TEST_F(ActuatorTest, tells_where_settings_come_from_and_never_what_they_are) {
    const Answer all = ask("/actuator/env");
    const Answer one = ask("/actuator/env/gateway.port");

    EXPECT_EQ(all.body,
              R"({"activeProfiles":[],"defaultProfiles":["default"],"propertySources":[{"name":)"
              R"("commandLineArgs","properties":{"gateway.port":{"value":"******","origin":)"
              R"("--port"}}},{"name":"systemEnvironment","properties":{"platform.internal_key":{)"
              R"("value":"******","origin":"LOQUAT_PLATFORM__INTERNAL_KEY"}}},{"name":)"
              R"("file [loquat.yaml]","properties":{"platform.log_level":{"value":"******",)"
              R"("origin":"loquat.yaml:3"}}},{"name":"defaults","properties":{)"
              R"("chat.members_max":{"value":"******"}}}]})");
    EXPECT_TRUE(one.body.starts_with(
        R"({"property":{"source":"commandLineArgs","value":"******"},"activeProfiles":[])"));
    EXPECT_EQ(ask("/actuator/env/no.such").status, 404);
}

TEST_F(ActuatorTest, what_is_not_an_endpoint_is_not_there) {
    for (const char* path :
         {"/actuator/nothing", "/actuator/health/%zz", "/actuator//health", "/actuator/info/x",
          "/actuator/env/a/b", "/actuator/a/b/c/d/e/f/g/h/i", "/actuator/%2e%2e/health"}) {
        EXPECT_EQ(ask(path).status, 404) << path;
    }
    EXPECT_EQ(ask("/actuator/health", ActuatorAccess::operator_, "DELETE").status, 405);
    EXPECT_EQ(last.headers.get("Allow"), "GET, HEAD");
    EXPECT_FALSE(Actuator::serves("/actuators"));
    EXPECT_FALSE(Actuator::serves("/internal/gateway/routes"));
}

TEST_F(ActuatorTest, a_process_is_told_to_end_on_one_path_and_by_operators_alone) {
    int told = 0;
    actuator.add({.id = "drain",
                  .methods = {"POST"},
                  .run = [&told](ActuatorCall) -> Task<net::http::Response> {
                      ++told;
                      co_return net::http::Response{.status = 202};
                  }});

    EXPECT_EQ(ask("/internal/drain", ActuatorAccess::anyone, "POST").status, 404);
    EXPECT_EQ(post("/actuator/drain", "").status, 404) << "the gateway passes that path";
    EXPECT_EQ(ask("/internal/drain").status, 405);
    EXPECT_EQ(told, 0);
    EXPECT_EQ(post("/internal/drain", "").status, 202);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(ask("/actuator").body.find("drain"), std::string::npos);
}

TEST_F(ActuatorTest, takes_endpoints_of_others) {
    actuator.add({.id = "refresh",
                  .methods = {"POST"},
                  .run = [](ActuatorCall call) -> Task<net::http::Response> {
                      co_return actuator_response(200, wire::Array{call.request.body});
                  }});

    EXPECT_EQ(post("/actuator/refresh", "now").body, R"(["now"])");
    EXPECT_EQ(ask("/actuator/refresh").status, 405);
    EXPECT_EQ(ask("/actuator/refresh", ActuatorAccess::anyone, "POST").status, 404);
}

}  // namespace
}  // namespace loquat::runtime
