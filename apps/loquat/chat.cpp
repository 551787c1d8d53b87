#include <fmt/format.h>
#include <iostream>
#include <iterator>

#include "apps/loquat/chat_sign_in.hpp"
#include "apps/loquat/chat_talk.hpp"
#include "apps/loquat/commands.hpp"
#include "base/log.hpp"

namespace loquat::app {
namespace {

struct ChatOptions {
    std::string url = "http://127.0.0.1:8080";
    std::string ca_file;
    SignInOptions sign_in;
    NewChat settings;
    std::string chat_id;
    std::string question;
    bool has_question = false;
    bool lists = false;
    bool signs_out = false;
};

// `-`: all of standard input.
std::string read_question(const ChatOptions& options) {
    if (options.question != "-") {
        return options.question;
    }
    if (options.sign_in.password_file == "-") {
        throw Failure{Kind::invalid, "chat.two_inputs",
                      "Standard input cannot hold both the password and the question."};
    }
    std::string text{std::istreambuf_iterator<char>{std::cin}, {}};
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

int sign_out_now(ChatServer& server, SavedSignIns& saved) {
    const bool was_in = run_for(server.loop(), sign_out(server, saved));
    fmt::print(stderr, "{}\n", was_in ? "Signed out." : "Nobody was signed in.");
    return talk_done;
}

int chat(const ChatOptions& options) {
    start_logging(Level::error, LogFormat::pretty);
    aio::Loop loop{"chat"};
    ChatServer server{loop, options.url, options.ca_file};
    SavedSignIns saved;
    if (options.signs_out) {
        return sign_out_now(server, saved);
    }
    const std::string question = options.has_question ? read_question(options) : "";
    const std::string username = run_for(loop, sign_in(server, saved, options.sign_in));
    Screen screen;
    Talk talk{server, screen, options.settings};
    if (options.has_question) {
        return talk.ask_once(question, options.chat_id);
    }
    if (options.lists) {
        talk.list();
        return talk_done;
    }
    if (can_ask()) {
        screen.note("Signed in as " + username +
                    ". /help lists the commands; Ctrl-C stops an answer.");
    }
    if (!options.chat_id.empty()) {
        talk.open(options.chat_id);
    } else if (can_ask()) {
        talk.list();
    }
    return talk.run();
}

}  // namespace

void add_chat(Command program, int& code) {
    const Command command = program.add("chat", "talk with an assistant in the terminal");
    auto options = std::make_shared<ChatOptions>();
    command.option("--url", options->url, "the server").takes("URL").with_default();
    command
        .option("--ca-file", options->ca_file,
                "trust these certificates (PEM) instead of the system's")
        .takes("FILE");
    command
        .option("--user", options->sign_in.username, "user name or e-mail; asked for when needed")
        .takes("NAME");
    command
        .option("--password-file", options->sign_in.password_file,
                "file whose first line is the password; - is standard input")
        .takes("FILE");
    command
        .option("--model", options->settings.model,
                "model of a new conversation (default: the server's)")
        .takes("ID");
    command.option("--system", options->settings.system_prompt,
                   "what a new conversation's assistant is told first");
    command.option("--open", options->chat_id, "id of a conversation to go on with").takes("ID");
    const Option once = command
                            .option("--once", options->question,
                                    "ask this, print only the answer; - reads standard input")
                            .takes("QUESTION");
    const Option list = command.flag("--list", options->lists, "print my conversations");
    const Option out =
        command.flag("--sign-out", options->signs_out, "end the session that is kept");
    once.excludes(list).excludes(out);
    list.excludes(out);
    command.footer(
        "The session is kept in $XDG_CONFIG_HOME/loquat (~/.config/loquat without that variable), "
        "readable by you\n"
        "alone; the password is not kept.\n"
        "Exit codes: 0 answered, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C.\n"
        "examples:\n"
        "  loquat chat                                   conversations here; /help inside\n"
        "  loquat chat --url https://chat.example.org --user ana\n"
        "  loquat chat --url https://localhost:8080 --ca-file data/self-signed.pem\n"
        "  loquat chat --once \"What is a loquat?\"\n"
        "  git diff | loquat chat --system \"Write a commit message\" --once -\n"
        "  loquat chat --sign-out");
    command.on_run([options, once, &code] {
        options->has_question = once.was_given();
        code = chat(*options);
    });
}

}  // namespace loquat::app
