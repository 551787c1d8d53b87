#include "apps/loquat/chat_talk.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace loquat::app {
namespace {

using contracts::Chat;
using contracts::Generation;
using contracts::GenerationState;

constexpr int start_attempts = 3;
constexpr int listed_max = 20;
constexpr int shown_messages = 20;
constexpr std::chrono::milliseconds start_pause{500};

bool is_running(const Generation& generation) {
    return generation.state == GenerationState::queued ||
           generation.state == GenerationState::streaming;
}

std::string name_of(const Chat& chat) {
    if (!chat.title.empty()) {
        return chat.title;
    }
    return chat.last_message ? chat.last_message->text.substr(0, chat.last_message->text.find('\n'))
                             : "(nothing yet)";
}

}  // namespace

std::optional<std::string> Talk::read_input() const {
    std::string input;
    for (;;) {
        if (can_ask()) {
            fmt::print(stderr, "{}", input.empty() ? "> " : ". ");
        }
        auto line = read_line();
        if (!line) {
            return input.empty() ? std::nullopt : std::optional{input};
        }
        if (!line->ends_with('\\')) {
            return input + *line;
        }
        line->back() = '\n';  // it goes on in the next line
        input += *line;
    }
}

int Talk::run() {
    while (!is_over_) {
        const auto input = read_input();
        if (!input) {
            break;
        }
        const std::string line{trim(*input)};
        if (line.empty()) {
            continue;
        }
        try {
            if (line.starts_with('/')) {
                obey(line);
            } else {
                run_to_end(server_.loop(), answer(line));
            }
        } catch (const Failure& failure) {
            screen_.note(failure.message + " (" + failure.code + ")");
            code_ = talk_failed;
            is_over_ = is_over_ || failure.code == "chat.signed_out";
        }
    }
    return code_;
}

void Talk::open(const std::string& chat_id) { run_to_end(server_.loop(), show_chat(chat_id)); }

int Talk::ask_once(const std::string& question, const std::string& chat_id) {
    if (!chat_id.empty()) {
        run_to_end(server_.loop(), find_chat(chat_id));
    }
    run_to_end(server_.loop(), answer(question));
    return code_;
}

void Talk::list() {
    const std::string target = "/api/chats?kind=assistant&limit=" + std::to_string(listed_max);
    listed_ = run_for(server_.loop(), server_.get<contracts::Page<Chat>>(target)).items;
    int number = 0;
    for (const Chat& chat : listed_) {
        const std::string day = to_rfc3339(chat.updated_at).substr(0, 10);
        screen_.print(fmt::format("{:3}  {}  {}\n", ++number, day, name_of(chat)));
    }
    if (listed_.empty()) {
        screen_.note("No conversations yet: write something, and one begins.");
    }
}

Task<void> Talk::find_chat(std::string chat_id) {
    chat_ = co_await server_.get<Chat>("/api/chats/" + percent_encode(chat_id));
}

Task<void> Talk::show_chat(std::string chat_id) {
    co_await find_chat(std::move(chat_id));
    screen_.note(name_of(*chat_) + "  " + chat_->id.to_string());
    co_await show_messages();
    co_await watch_running();
}

Task<void> Talk::show_messages() {
    const std::string target =
        "/api/chats/" + chat_->id.to_string() + "/messages?limit=" + std::to_string(shown_messages);
    const auto page = co_await server_.get<contracts::MessagePage>(target);
    for (const contracts::Message& message : page.items) {
        screen_.print_name(message.sender.display_name);
        screen_.print(message.deleted_at ? std::string{"(deleted)"} : message.text);
        screen_.end_line();
    }
}

// What is still being written goes on from where it is.
Task<void> Talk::watch_running() {
    const std::string target = "/api/chats/" + chat_->id.to_string() + "/generations?limit=5";
    auto page = co_await server_.get<contracts::Page<Generation>>(target);
    std::ranges::reverse(page.items);
    for (const Generation& generation : page.items) {
        if (!is_running(generation) || is_over_) {
            continue;
        }
        screen_.print_name(generation.model);
        screen_.print(generation.text);
        AnswerPlace place{generation.generationId, generation.last_event_id,
                          generation.text.size()};
        const Interrupts interrupts;
        const WatchedAnswer watched =
            co_await watch_answer(server_, screen_, interrupts, std::move(place));
        report(watched);
    }
}

Task<void> Talk::make_chat() {
    wire::Object assistant;
    if (!settings_.model.empty()) {
        assistant.emplace_back("model", settings_.model);
    }
    if (!settings_.system_prompt.empty()) {
        assistant.emplace_back("system_prompt", settings_.system_prompt);
    }
    wire::Object body{{"kind", "assistant"}, {"assistant", std::move(assistant)}};
    chat_ = co_await server_.post<Chat>("/api/chats", std::move(body));
}

// A repeat after a lost answer starts nothing twice: it has the same client id.
Task<contracts::StartedGeneration> Talk::start(std::optional<std::string> prompt) {
    wire::Object body{{"client_id", Uuid::make().to_string()}};
    if (prompt) {
        body.emplace_back("prompt", std::move(*prompt));
    } else {
        body.emplace_back("regenerate", true);
    }
    // Also where it goes on with a conversation that has others.
    if (!settings_.model.empty()) {
        body.emplace_back("model", settings_.model);
    }
    if (!settings_.system_prompt.empty()) {
        body.emplace_back("system_prompt", settings_.system_prompt);
    }
    const std::string target = "/api/chats/" + chat_->id.to_string() + "/generations";
    for (int attempt = 1;; ++attempt) {
        std::optional<Failure> failed;
        try {
            co_return co_await server_.post<contracts::StartedGeneration>(target, body);
        } catch (const Failure& failure) {
            failed = failure;
        }
        const bool may_repeat = failed->code.starts_with("upstream.") && attempt < start_attempts;
        if (!may_repeat) {
            throw *failed;
        }
        co_await server_.loop().sleep_for(start_pause);
    }
}

// Of a question that was refused: nothing is left of it.
Task<void> Talk::drop_empty_chat() {
    const std::string target = "/api/chats/" + chat_->id.to_string();
    try {
        const Chat now = co_await server_.get<Chat>(target);
        if (now.last_seq == 0) {
            co_await server_.call("DELETE", target, "");
            chat_.reset();
        }
    } catch (const Failure&) {
        co_return;  // it stays; the refusal is what counts
    }
}

Task<void> Talk::answer(std::optional<std::string> prompt) {
    const bool is_new = !chat_;
    if (is_new) {
        co_await make_chat();
    }
    // From before it is asked for: an answer that begins while Ctrl-C is pressed is canceled too.
    const Interrupts interrupts;
    contracts::StartedGeneration started;
    std::optional<Failure> refused;
    try {
        started = co_await start(std::move(prompt));
    } catch (const Failure& failure) {
        refused = failure;
    }
    if (refused) {
        if (is_new) {
            co_await drop_empty_chat();
        }
        throw *refused;
    }
    AnswerPlace place{.id = started.generationId};
    const WatchedAnswer watched =
        co_await watch_answer(server_, screen_, interrupts, std::move(place));
    report(watched);
}

void Talk::report(const WatchedAnswer& watched) {
    if (watched.has_left) {
        code_ = talk_interrupted;
        is_over_ = true;
        return;
    }
    code_ = talk_done;
    if (watched.generation.state == GenerationState::canceled) {
        screen_.note("The answer was canceled.");
        code_ = talk_interrupted;
    } else if (watched.generation.state != GenerationState::succeeded) {
        const auto& error = watched.generation.error;
        screen_.note(error ? "The answer failed: " + error->message + " (" + error->code + ")"
                           : "The answer failed.");
        code_ = talk_failed;
    }
}

}  // namespace loquat::app
