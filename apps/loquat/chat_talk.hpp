#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apps/loquat/chat_answer.hpp"
#include "contracts/generation/generation.hpp"

namespace loquat::app {

// How a new conversation with an assistant begins.
struct NewChat {
    std::string model;          // empty: the server's default
    std::string system_prompt;  // empty: none
};

// Exit codes of a talk.
inline constexpr int talk_done = 0;
inline constexpr int talk_failed = 1;
inline constexpr int talk_interrupted = 130;

// A person's lines and an assistant's answers, on a terminal or a pipe.  Blocks this thread while
// it reads lines; runs the server's loop while it asks.
class Talk {
  public:
    Talk(ChatServer& server, Screen& screen, NewChat settings)
        : server_(server), screen_(screen), settings_(std::move(settings)) {}

    // Reads lines until their end or /quit; the exit code.
    int run();
    // Shows a conversation and goes on with it.
    void open(const std::string& chat_id);
    // Asks once, in that conversation or (empty) a new one; only the answer is printed.
    int ask_once(const std::string& question, const std::string& chat_id);
    void list();

  private:
    struct Command;
    static const std::vector<Command>& commands();

    std::optional<std::string> read_input() const;
    void obey(const std::string& line);
    void help(const std::string& rest);
    void list_again(const std::string& rest);
    void open_numbered(const std::string& rest);
    void start_new(const std::string& rest);
    void choose_model(const std::string& rest);
    void list_models();
    std::vector<std::string> model_ids();
    void require_model(const std::string& id);
    void regenerate(const std::string& rest);
    void rename(const std::string& rest);
    void quit(const std::string& rest);

    Task<void> show_chat(std::string chat_id);
    Task<void> show_messages();
    Task<void> watch_running();
    Task<void> find_chat(std::string chat_id);
    Task<void> make_chat();
    Task<void> drop_empty_chat();
    Task<void> change_chat(wire::Object change);
    // Starts an answer to `prompt`, or the last one again, and watches it.
    Task<void> answer(std::optional<std::string> prompt);
    Task<contracts::StartedGeneration> start(std::optional<std::string> prompt);
    void report(const WatchedAnswer& watched);

    ChatServer& server_;
    Screen& screen_;
    NewChat settings_;
    std::optional<contracts::Chat> chat_;
    std::vector<contracts::Chat> listed_;
    int code_ = talk_done;  // of the last answer
    bool is_over_ = false;
};

}  // namespace loquat::app
