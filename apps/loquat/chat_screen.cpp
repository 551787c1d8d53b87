#include "apps/loquat/chat_screen.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::app {
namespace {

volatile sig_atomic_t interrupts_seen = 0;

// The third one ends the program whatever it waits for.
void on_interrupt(int) {
    interrupts_seen = interrupts_seen + 1;
    if (interrupts_seen > 2) {
        ::_exit(130);
    }
}

// The size of the UTF-8 character at the start of `text`; 0 when there is none.
std::size_t character_bytes(std::string_view text) {
    for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
        if (is_utf8(text.substr(0, size))) {
            return size;
        }
    }
    return 0;
}

// Of a character of two or three bytes that is_utf8 has let through.
unsigned code_point(std::string_view bytes) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() == 2) {
        return ((at(0) & 0x1FU) << 6U) | (at(1) & 0x3FU);
    }
    return ((at(0) & 0x0FU) << 12U) | ((at(1) & 0x3FU) << 6U) | (at(2) & 0x3FU);
}

bool turns_direction(unsigned code) {
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_visible(std::string& out, std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1 && first != '\n' && first != '\t' &&
        (first < 0x20 || first == 0x7F)) {
        out.push_back('^');
        out.push_back(static_cast<char>(first ^ 0x40U));
        return;
    }
    const unsigned code =
        character.size() == 2 || character.size() == 3 ? code_point(character) : 0;
    if ((character.size() == 2 && code < 0xA0) || turns_direction(code)) {
        out.append(fmt::format("<{:04X}>", code));
        return;
    }
    out.append(character);
}

// Echo is off while it lives; also after Ctrl-C it comes back.
class Hidden {
  public:
    Hidden() {
        ::tcgetattr(STDIN_FILENO, &before_);
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~Hidden() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;

  private:
    termios before_{};
};

std::string need(std::optional<std::string> line) {
    if (!line) {
        throw Failure{Kind::invalid, "chat.no_answer", "Nothing was entered."};
    }
    return std::move(*line);
}

}  // namespace

std::string make_harmless(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = character_bytes(text);
        if (size == 0) {
            out.append("\xEF\xBF\xBD");
        } else {
            append_visible(out, text.substr(0, size));
        }
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

bool can_ask() { return ::isatty(STDIN_FILENO) == 1; }

std::optional<std::string> read_line() {
    std::string line;
    if (!std::getline(std::cin, line)) {
        return std::nullopt;
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    return line;
}

std::string ask(const std::string& question) {
    fmt::print(stderr, "{}", make_harmless(question));
    return need(read_line());
}

std::string ask_secret(const std::string& question) {
    std::optional<std::string> line;
    bool is_interrupted = false;
    {
        const Interrupts interrupts;
        const Hidden hidden;
        fmt::print(stderr, "{}", make_harmless(question));
        line = read_line();
        is_interrupted = interrupts.count() > 0;
    }
    fmt::print(stderr, "\n");
    if (is_interrupted) {
        ::raise(SIGINT);
    }
    return need(std::move(line));
}

Screen::Screen() : is_terminal_(::isatty(STDOUT_FILENO) == 1) {}

void Screen::print(std::string_view text) {
    const std::string shown = is_terminal_ ? make_harmless(text) : std::string{text};
    if (!shown.empty()) {
        std::fwrite(shown.data(), 1, shown.size(), stdout);
        std::fflush(stdout);
        in_line_ = shown.back() != '\n';
    }
}

void Screen::print_name(std::string_view name) {
    end_line();
    fmt::print("{}{}:{} ", is_terminal_ ? "\x1b[1m" : "", make_harmless(name),
               is_terminal_ ? "\x1b[0m" : "");
    std::fflush(stdout);
    in_line_ = true;
}

void Screen::note(std::string_view text) {
    if (is_terminal_) {
        end_line();
    }
    const bool is_dimmed = ::isatty(STDERR_FILENO) == 1;
    fmt::print(stderr, "{}{}{}\n", is_dimmed ? "\x1b[2m" : "", make_harmless(text),
               is_dimmed ? "\x1b[0m" : "");
}

void Screen::end_line() {
    if (in_line_) {
        print("\n");
    }
}

struct Interrupts::Before {
    struct sigaction action;
};

Interrupts::Interrupts() : before_(std::make_unique<Before>()) {
    interrupts_seen = 0;
    struct sigaction counting{};
    counting.sa_handler = on_interrupt;  // no SA_RESTART: a read that waits ends
    ::sigaction(SIGINT, &counting, &before_->action);
}

Interrupts::~Interrupts() { ::sigaction(SIGINT, &before_->action, nullptr); }

int Interrupts::count() const { return interrupts_seen; }

}  // namespace loquat::app
