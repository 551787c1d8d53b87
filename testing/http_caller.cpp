#include "testing/http_caller.hpp"

#include "aio/signal.hpp"

#include "base/failure.hpp"

namespace loquat::test {

std::string HttpCaller::Answer::text(std::string_view name) const {
    const wire::Value value = wire::parse(body);
    const wire::Value* member = value.find(name);
    return member != nullptr && member->if_string() != nullptr ? *member->if_string()
                                                               : std::string{};
}

Task<HttpCaller::Answer> HttpCaller::call(std::string method, std::string target, std::string token,
                                          std::string body) {
    net::http::ClientRequest request{.origin = {.host = where_.host, .port = where_.port},
                                     .method = std::move(method),
                                     .target = std::move(target)};
    if (!token.empty()) {
        request.headers.append("Authorization", "Bearer " + token);
    }
    if (!body.empty()) {
        request.headers.append("Content-Type", "application/json");
        request.body = std::move(body);
    }
    auto response = co_await client_.request(
        std::move(request), std::chrono::steady_clock::now() + where_.answer_time_max);
    co_return Answer{response.status, std::move(response.body)};
}

Task<HttpCaller::Answer> HttpCaller::get_until(std::string target, std::string token,
                                               std::function<bool(const Answer&)> holds) {
    const Steady latest = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    aio::Signal never;
    Answer answer = co_await call("GET", target, token, "");
    while (!holds(answer) && std::chrono::steady_clock::now() < latest) {
        co_await never.wait_until(std::chrono::steady_clock::now() + std::chrono::milliseconds{10});
        answer = co_await call("GET", target, token, "");
    }
    co_return answer;
}

Task<std::string> HttpCaller::make_user(std::string name) {
    const std::string body = R"({"username":")" + name + R"(","password":"a long password 1"})";
    const Answer answer = co_await call("POST", "/api/auth/register", "", body);
    if (answer.status != 201) {
        throw Failure{Kind::internal, "test.register", answer.body};
    }
    co_return answer.text("access_token");
}

Task<std::string> HttpCaller::make_room(std::string token, std::string title) {
    const wire::Value body =
        wire::Object{{"kind", "group"}, {"title", title}, {"visibility", "public"}};
    const Answer answer = co_await call("POST", "/api/chats", token, wire::to_json(body));
    if (answer.status != 201) {
        throw Failure{Kind::internal, "test.room", answer.body};
    }
    co_return answer.text("id");
}

}  // namespace loquat::test
