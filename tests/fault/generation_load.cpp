#include "tests/fault/generation_load.hpp"

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "tests/fault/load.hpp"
#include "tests/fault/members.hpp"

namespace loquat::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds pause{10};
constexpr milliseconds stream_time_max{60'000};

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

bool is_over(const std::string& state) {
    return state == "succeeded" || state == "failed" || state == "canceled";
}

}  // namespace

Task<HttpCaller::Answer> GenerationLoad::call(const Person& person, std::string method,
                                              std::string target, std::string body) {
    // A client for each call: the server may be another one by now.
    HttpCaller http{loop_, door(person)};
    co_return co_await http.call(std::move(method), std::move(target), person.token,
                                 std::move(body));
}

Task<void> GenerationLoad::prepare(std::size_t people) {
    for (std::size_t i = 0; i < people; ++i) {
        Person person{.name = "person" + std::to_string(i)};
        HttpCaller http{loop_, door(person)};
        person.token = co_await http.make_user(person.name);
        const auto chat = co_await call(person, "POST", "/api/chats",
                                        R"({"kind":"assistant","title":"With a title"})");
        person.chat = chat.text("id");
        people_.push_back(std::move(person));
    }
}

// True when the server has said which generation answers it.
Task<bool> GenerationLoad::ask(Person& person, Question& question) {
    const std::string body =
        R"({"client_id":")" + question.key + R"(","prompt":"Tell me about )" + question.key + "\"}";
    const auto answer =
        co_await call(person, "POST", "/api/chats/" + person.chat + "/generations", body);
    if (answer.status != 200 && answer.status != 201) {
        if (answer.status < 500) {
            find(question.key + " was refused: " + answer.body);
        }
        co_return false;
    }
    const std::string generation = answer.text("generationId");
    if (!question.generation.empty() && question.generation != generation) {
        find(question.key + " is answered twice: " + question.generation + " and " + generation);
    }
    question.generation = generation;
    co_return true;
}

// True at the end of the answer.
Task<bool> GenerationLoad::follow(Person& person, Question& question, std::int64_t& last_id) {
    const Where where = door(person);
    EventReader reader{loop_,
                       {.port = where.port,
                        .target = question.generation,
                        .token = person.token,
                        .last_event_id = last_id,
                        .host = where.host,
                        .silence_max = std::min(manners_.silence_max, stream_time_max)}};
    const std::string before = question.seen;
    std::exception_ptr failed;
    ++following_;
    try {
        const int status = co_await reader.open();
        if (status == 200) {
            co_await reader.read_to_end();
        } else if (last_id > 0 &&
                   reader.refusal().find("generation.no_such_event") != std::string::npos) {
            // What was seen last had not been kept: it is read again from its beginning.
            last_id = 0;
            question.seen.clear();
        } else if (status < 500) {
            find(question.key + " cannot be followed: " + reader.refusal());
        }
    } catch (...) {
        failed = std::current_exception();
    }
    --following_;
    if (reader.last_id() > last_id) {
        last_id = reader.last_id();
        question.seen = before + reader.text();
    }
    if (failed && aio::is_cancellation(failed)) {
        std::rethrow_exception(failed);
    }
    if (failed && aio::describe(failed).find("test.bad_stream") != std::string::npos) {
        find(question.key + ": " + aio::describe(failed));
    }
    if (const auto error = reader.last("error")) {
        question.failure = text_of(*error, "code");
    }
    resumed_ += !reader.is_done() && last_id > 0 ? 1 : 0;
    co_return reader.is_done();
}

// True at the end of the answer.
Task<bool> GenerationLoad::try_question(Person& person, Question& question, std::int64_t& last_id) {
    std::exception_ptr failed;
    bool is_done = false;
    try {
        is_done = co_await ask(person, question);
        if (is_done) {
            is_done = co_await follow(person, question, last_id);
        }
    } catch (...) {
        failed = std::current_exception();
        is_done = false;
    }
    if (failed && aio::is_cancellation(failed)) {
        std::rethrow_exception(failed);
    }
    co_return is_done;
}

Task<void> GenerationLoad::talk(std::size_t number, std::size_t lane) {
    ++running_;
    const std::string key = "p" + std::to_string(number) + "-" + std::to_string(lane) + "-";
    for (int i = 0; !finishing_; ++i) {
        Person& person = people_[number];
        Question question{.key = key + std::to_string(i)};
        std::int64_t last_id = 0;
        const std::int64_t begun = now();
        for (;;) {
            const Where tried = door(person);
            const bool is_answered = co_await try_question(person, question, last_id);
            if (is_answered) {
                break;
            }
            doors_.leave(person.name, tried);
            co_await pause_for(pause);
        }
        ++followed_;
        if (watcher_) {
            watcher_({.kind = Sight::Kind::answered,
                      .who = key,
                      .begun = begun,
                      .ended = now(),
                      .code = question.failure});
        }
        person.questions.push_back(std::move(question));
        co_await pause_for(manners_.pause);
    }
    --running_;
}

Task<std::vector<std::string>> GenerationLoad::check() {
    for (Person& person : people_) {
        for (const Question& question : person.questions) {
            co_await check_question(person, question);
        }
        for (const std::string& overlap : overlaps(person.turns)) {
            find(person.name + ": " + overlap);
        }
        co_await check_messages(person);
        co_await check_usage(person);
    }
    co_return std::move(findings_);
}

Task<void> GenerationLoad::check_question(Person& person, const Question& question) {
    const auto answer = co_await call(person, "GET", "/api/generations/" + question.generation, "");
    const wire::Value generation = wire::parse(answer.body);
    const std::string state = text_of(generation, "state");
    if (answer.status != 200 || !is_over(state)) {
        find(question.key + " has not ended: " + answer.body);
        co_return;
    }
    if (text_of(generation, "text") != question.seen) {
        find(question.key + " was read as \"" + question.seen + "\" but is " + answer.body);
    }
    if (state == "failed") {
        const wire::Value* error = generation.find("error");
        ++failures_[error == nullptr ? std::string{"none"} : text_of(*error, "code")];
    }
    const std::string started = text_of(generation, "started_at");
    if (!started.empty()) {
        person.turns.push_back({question.generation, started, text_of(generation, "finished_at")});
    }
    const std::int64_t input = number_of(generation, "inputTokens");
    const std::int64_t output = number_of(generation, "outputTokens");
    person.input_tokens += input;
    person.output_tokens += output;
    person.generations +=
        input + output > 0 ? 1 : 0;  // one that was killed before it began used nothing
    const Where where = door(person);
    EventReader again{loop_,
                      {.port = where.port,
                       .target = question.generation,
                       .token = person.token,
                       .host = where.host}};
    co_await again.open();
    co_await again.read_to_end();
    if (again.text() != question.seen) {
        find(question.key + " is streamed as \"" + again.text() + "\" instead of \"" +
             question.seen + "\"");
    }
}

// Every answer is in the conversation once, with its text; every question once.
Task<void> GenerationLoad::check_messages(Person& person) {
    std::map<std::string, std::string> answers;
    std::map<std::string, int> prompts;
    for (std::int64_t after = 0;;) {
        const auto page = co_await call(
            person, "GET",
            "/api/chats/" + person.chat + "/messages?limit=200&after_seq=" + std::to_string(after),
            "");
        const wire::Value body = wire::parse(page.body);
        const wire::Array items = *body.find("items")->if_array();
        if (items.empty()) {
            break;
        }
        for (const wire::Value& message : items) {
            after = number_of(message, "seq");
            const std::string generation = text_of(message, "generationId");
            if (text_of(*message.find("sender"), "kind") != "assistant") {
                ++prompts[text_of(message, "text")];
            } else if (!answers.emplace(generation, text_of(message, "text")).second) {
                find(generation + " was stored twice");
            }
        }
    }
    for (const Question& question : person.questions) {
        if (prompts["Tell me about " + question.key] != 1) {
            find(question.key + " was stored " +
                 std::to_string(prompts["Tell me about " + question.key]) + " times");
        }
        const auto answer = answers.find(question.generation);
        const std::string stored = answer == answers.end() ? std::string{} : answer->second;
        if (stored != question.seen) {
            find(question.key + " was stored as \"" + stored + "\" instead of \"" + question.seen +
                 "\"");
        }
    }
}

// The ledger follows the end of an answer within moments.
Task<void> GenerationLoad::check_usage(Person& person) {
    constexpr int looks = 300;
    std::string report;
    for (int i = 0; i < looks; ++i) {
        const auto answer = co_await call(person, "GET", "/api/usage", "");
        report = answer.body;
        const wire::Value body = wire::parse(report);
        const wire::Value* total = body.find("total");
        if (total != nullptr && number_of(*total, "inputTokens") == person.input_tokens &&
            number_of(*total, "outputTokens") == person.output_tokens &&
            number_of(*total, "generations") == person.generations) {
            co_return;
        }
        co_await pause_for(pause);
    }
    find("usage is not the sum of " + std::to_string(person.generations) + " answers, " +
         std::to_string(person.input_tokens) + " in, " + std::to_string(person.output_tokens) +
         " out: " + report);
}

}  // namespace loquat::test
