#include "tests/rights/scene.hpp"

#include <gtest/gtest.h>

namespace loquat::test {
namespace {

std::string credentials(const std::string& name) {
    return R"({"login":")" + name + R"(","password":"a long password 1"})";
}

std::string group_with(const std::string& member, const std::string& more) {
    return R"({"kind":"group","title":"Room","member_ids":[")" + member + "\"]" + more + "}";
}

// The same of an answer that waits and of one that has just begun.
constexpr std::chrono::seconds beyond_token_life{1'000};

Task<void> remove(Scene& scene) {
    co_await scene.call("DELETE", "/api/chats/" + scene.room + "/members/" + scene.bob_id,
                        scene.ana);
}
Task<void> leave(Scene& scene) {
    co_await scene.call("POST", "/api/chats/" + scene.room + "/leave", scene.elsewhere);
}
Task<void> delete_chat(Scene& scene) {
    co_await scene.call("DELETE", "/api/chats/" + scene.room, scene.ana);
}
Task<void> sign_out(Scene& scene) { co_await scene.call("POST", "/api/auth/logout", scene.bob); }
Task<void> sign_out_everywhere(Scene& scene) {
    co_await scene.call("POST", "/api/auth/logout-all", scene.elsewhere);
}
Task<void> change_password(Scene& scene) {
    co_await scene.call(
        "POST", "/api/auth/password", scene.elsewhere,
        R"({"current_password":"a long password 1","new_password":"a long password 2"})");
}
Task<void> end_session(Scene& scene) {
    const auto list = co_await scene.call("GET", "/api/auth/sessions", scene.bob);
    const wire::Value sessions = wire::parse(list.body);
    for (const wire::Value& session : *sessions.find("items")->if_array()) {
        if (*session.find("current")->if_bool()) {
            const std::string id = *session.find("id")->if_string();
            co_await scene.call("DELETE", "/api/auth/sessions/" + id, scene.elsewhere);
        }
    }
}
Task<void> disable(Scene& scene) {
    co_await scene.call("PUT", "/api/admin/users/" + scene.bob_id + "/state", scene.root,
                        R"({"state":"disabled"})");
}
Task<void> reset_password(Scene& scene) {
    co_await scene.call("PUT", "/api/admin/users/" + scene.bob_id + "/password", scene.root, "{}");
}
Task<void> end_by_administrator(Scene& scene) {
    co_await scene.call("DELETE", "/api/admin/users/" + scene.bob_id + "/sessions", scene.root);
}
Task<void> remove_account(Scene& scene) {
    co_await scene.call("DELETE", "/api/admin/users/" + scene.bob_id, scene.root);
}
Task<void> change_role(Scene& scene) {
    co_await scene.call("PUT", "/api/users/" + scene.bob_id + "/role", scene.root,
                        R"({"role":"admin"})");
}
Task<void> expire(Scene& scene) {
    scene.clock.shift(beyond_token_life);
    scene.ana = co_await scene.sign_in("ana" + scene.bob_name.substr(3));
    scene.carol = co_await scene.sign_in("carol" + scene.bob_name.substr(3));
}
Task<void> switch_off(Scene& scene) {
    co_await scene.call("PATCH", "/api/chats/" + scene.room, scene.ana,
                        R"({"assistant":{"enabled":false}})");
}
Task<void> archive(Scene& scene) {
    co_await scene.call("PATCH", "/api/chats/" + scene.room, scene.ana, R"({"archived":true})");
}
Task<void> use_up(Scene& scene) { co_await scene.use_up(scene); }

}  // namespace

const std::vector<Change>& changes() {
    static const std::vector<Change> all{
        {"membership lost", "removed", remove},
        {"membership lost", "left", leave},
        {"membership lost", "conversation deleted", delete_chat},
        {"session over", "signed out", sign_out},
        {"session over", "signed out everywhere", sign_out_everywhere},
        {"session over", "new password", change_password},
        {"session over", "ended from another session", end_session},
        {"session over", "account disabled", disable},
        {"session over", "password given by an administrator", reset_password},
        {"session over", "ended by an administrator", end_by_administrator},
        {"account removed", "account removed", remove_account},
        {"role changed", "made administrator", change_role},
        {"token expired", "token expired", expire},
        {"assistant off", "assistant off", switch_off},
        {"archived", "archived", archive},
        {"quota used up", "quota used up", use_up},
    };
    return all;
}

std::string code_of(const std::string& problem) {
    const wire::Value body = wire::parse(problem);
    const wire::Value* code = body.find("code");
    return code != nullptr && code->if_string() != nullptr ? *code->if_string() : "";
}

Task<std::string> Scene::sign_in(std::string name) {
    const auto answer = co_await call("POST", "/api/auth/login", "", credentials(name));
    co_return answer.text("access_token");
}

Task<void> Scene::prepare(std::string suffix) {
    bob_name = "bob" + suffix;
    root = co_await sign_in("ruth");
    ana = co_await http.make_user("ana" + suffix);
    bob = co_await http.make_user(bob_name);
    carol = co_await http.make_user("carol" + suffix);
    elsewhere = co_await sign_in(bob_name);
    const auto me = co_await call("GET", "/api/auth/me", bob);
    bob_id = me.text("id");
    const auto owner = co_await call("GET", "/api/auth/me", ana);
    ana_id = owner.text("id");
    const auto made =
        co_await call("POST", "/api/chats", ana, group_with(bob_id, R"(,"assistant":{})"));
    room = made.text("id");
    const auto other = co_await call("POST", "/api/chats", carol, group_with(bob_id, ""));
    other_room = other.text("id");
    const auto own =
        co_await call("POST", "/api/chats", bob, R"({"kind":"assistant","title":"Own"})");
    own_chat = own.text("id");
    use_up = use_own_answer;
}

Task<HttpCaller::Answer> Scene::call(std::string method, std::string target, std::string token,
                                     std::string body) {
    auto answer = co_await http.call(method, target, std::move(token), std::move(body));
    EXPECT_LT(answer.status, 300) << method << " " << target << "\n" << answer.body;
    co_return answer;
}

Task<std::string> Scene::outcome(std::string method, std::string target, std::string token,
                                 std::string body) {
    const auto answer =
        co_await http.call(std::move(method), std::move(target), std::move(token), std::move(body));
    std::string text = std::to_string(answer.status);
    if (answer.status >= 300) {
        text += " " + test::code_of(answer.body);
    }
    co_return text;
}

Task<std::string> Scene::ask(std::string token, std::string chat, std::string prompt) {
    const std::string body = R"({"client_id":")" + prompt + R"(","prompt":")" + prompt + "\"}";
    const auto started = co_await call("POST", "/api/chats/" + chat + "/generations", token, body);
    co_return started.text("generationId");
}

Task<void> Scene::say(std::string token, std::string chat, std::string text) {
    // Refused where nobody may write any more.
    co_await http.call("POST", "/api/chats/" + chat + "/messages", token,
                       R"({"client_id":")" + text + R"(","text":")" + text + "\"}");
}

Task<std::string> Scene::state_of(std::string generation) {
    const auto answer = co_await http.call("GET", "/api/generations/" + generation, ana, "");
    if (answer.status == 404) {
        co_return "gone";
    }
    const wire::Value body = wire::parse(answer.body);
    const wire::Value* error = body.find("error");
    const bool has_error = error != nullptr && error->if_object() != nullptr;
    co_return answer.text("state") + (has_error ? " " + *error->find("code")->if_string() : "");
}

Task<std::shared_ptr<ScriptedAnswer>> Scene::next_answer(std::string prompt) {
    for (;;) {
        auto answer = co_await provider.next_answer();
        if (answer->prompt().ends_with(prompt)) {
            co_return answer;
        }
        answer->say("done");
        answer->finish(3, 2);
    }
}

// Another answer takes all that is left.
Task<void> use_own_answer(Scene& scene) {
    const std::string id = co_await scene.ask(scene.bob, scene.own_chat, "dear");
    const auto answer = co_await scene.next_answer("dear");
    answer->say("costly");
    answer->finish(1'500, 1'500);
    EventReader reader{scene.loop, scene.stream(id, scene.bob)};
    EXPECT_EQ(co_await reader.open(), 200);
    co_await reader.read_to_end();
}

}  // namespace loquat::test
