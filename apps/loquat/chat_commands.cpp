#include <fmt/format.h>

#include "apps/loquat/chat_talk.hpp"
#include "base/text.hpp"
#include "contracts/model/model.hpp"

// Lines that begin with a slash.

namespace loquat::app {

struct Talk::Command {
    std::string name;
    std::string argument;
    std::string what;
    void (Talk::*obey)(const std::string& rest);
};

const std::vector<Talk::Command>& Talk::commands() {
    static const std::vector<Command> all{
        {"help", "", "this list", &Talk::help},
        {"list", "", "my conversations, newest first", &Talk::list_again},
        {"open", "N", "show one of the list and go on with it", &Talk::open_numbered},
        {"new", "", "begin another conversation", &Talk::start_new},
        {"model", "[ID]", "which models there are; answer with this one from now on",
         &Talk::choose_model},
        {"regenerate", "", "answer the last question again", &Talk::regenerate},
        {"title", "TEXT", "name this conversation", &Talk::rename},
        {"quit", "", "leave", &Talk::quit},
    };
    return all;
}

void Talk::obey(const std::string& line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string name = line.substr(1, space - 1);
    std::vector<std::string> names;
    for (const Command& command : commands()) {
        if (command.name == name) {
            (this->*command.obey)(std::string{trim(line.substr(space))});
            return;
        }
        names.push_back(command.name);
    }
    const auto near = suggest(name, names);
    throw Failure{Kind::invalid, "chat.unknown_command",
                  "There is no command /" + name +
                      (near ? "; did you mean /" + *near + "?" : "; see /help.")};
}

void Talk::help(const std::string&) {
    for (const Command& command : commands()) {
        screen_.print(
            fmt::format("  /{:20} {}\n", command.name + " " + command.argument, command.what));
    }
    screen_.print("A line that ends with \\ goes on in the next one. Ctrl-C stops an answer.\n");
}

void Talk::list_again(const std::string&) { list(); }

void Talk::open_numbered(const std::string& rest) {
    if (listed_.empty()) {
        list();
    }
    const auto number = parse_number(rest);
    if (!number || *number == 0 || *number > listed_.size()) {
        throw Failure{Kind::invalid, "chat.no_such_number",
                      "Write /open and a number of the list, such as /open 1."};
    }
    open(listed_[static_cast<std::size_t>(*number - 1)].id.to_string());
}

void Talk::start_new(const std::string&) {
    chat_.reset();
    screen_.note("A new conversation begins with your next line.");
}

void Talk::choose_model(const std::string& rest) {
    if (rest.empty()) {
        list_models();
        return;
    }
    require_model(rest);
    if (chat_) {
        wire::Object assistant{{"model", rest}};
        wire::Object change{{"assistant", std::move(assistant)}};
        run_to_end(server_.loop(), change_chat(std::move(change)));
    }
    settings_.model = rest;
    screen_.note("Answers come from " + rest + " from now on.");
}

std::vector<std::string> Talk::model_ids() {
    const auto models = run_for(server_.loop(), server_.get<contracts::Models>("/api/models"));
    std::vector<std::string> ids;
    for (const contracts::Model& model : models.items) {
        ids.push_back(model.id);
    }
    return ids;
}

void Talk::require_model(const std::string& id) {
    const std::vector<std::string> ids = model_ids();
    if (std::ranges::find(ids, id) != ids.end()) {
        return;
    }
    std::string all;
    for (const std::string& known : ids) {
        all += (all.empty() ? "" : ", ") + known;
    }
    throw Failure{Kind::invalid, "chat.unknown_model",
                  "There is no model " + id + ". There are: " + all + "."};
}

void Talk::list_models() {
    const auto models = run_for(server_.loop(), server_.get<contracts::Models>("/api/models"));
    for (const contracts::Model& model : models.items) {
        screen_.print(fmt::format("  {:30} {}{}\n", model.id, model.label,
                                  model.default_ ? "  (default)" : ""));
    }
}

void Talk::regenerate(const std::string&) {
    if (!chat_) {
        throw Failure{Kind::invalid, "chat.nothing_open", "No conversation is open; see /list."};
    }
    run_to_end(server_.loop(), answer(std::nullopt));
}

void Talk::rename(const std::string& rest) {
    if (!chat_ || rest.empty()) {
        throw Failure{Kind::invalid, "chat.nothing_open",
                      "Open a conversation, then write /title and its new name."};
    }
    wire::Object change{{"title", rest}};
    run_to_end(server_.loop(), change_chat(std::move(change)));
    screen_.note("It is called " + chat_->title + " now.");
}

void Talk::quit(const std::string&) { is_over_ = true; }

Task<void> Talk::change_chat(wire::Object change) {
    const std::string text = wire::to_json(wire::Value{std::move(change)});
    const std::string answer =
        co_await server_.call("PATCH", "/api/chats/" + chat_->id.to_string(), text);
    chat_ = wire::from_json<contracts::Chat>(answer);
}

}  // namespace loquat::app
