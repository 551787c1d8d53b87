#include "services/chat/domain/mentions.hpp"

#include <algorithm>

#include "base/markdown/reader.hpp"
#include "base/text.hpp"
#include "services/chat/domain/addresses.hpp"

namespace loquat::chat {
namespace {

using markdown::Element;
using markdown::Origin;

constexpr std::size_t username_length_min = 3;
constexpr std::size_t username_length_max = 32;
constexpr std::size_t sentence_ends_max = 3;  // marks of the sentence after the longest name
constexpr std::string_view word_ends = " \t\n<";
// Stands for an `@` that does not begin a name; not allowed in texts otherwise.
constexpr char no_mention = '\x01';

// Text of others between `@` and the next thing that is no name.
std::size_t name_length(std::string_view text) {
    const auto end = std::ranges::find_if_not(text, is_name_character);
    return static_cast<std::size_t>(end - text.begin());
}

// `@example.org` behind a name.
bool is_elsewhere(std::string_view rest) {
    if (!rest.starts_with('@')) {
        return false;
    }
    const std::string_view host = rest.substr(1, name_length(rest.substr(1)));
    const std::size_t dot = host.find('.');
    return dot != std::string_view::npos && dot > 0 && dot + 1 < host.size();
}

class Finder final : public markdown::Listener {
  public:
    Finder(std::string_view source, std::size_t mentions_max)
        : source_(source), mentions_max_(mentions_max) {}

    void on_text(std::string_view text, Origin origin) override {
        if (silent_ > 0) {
            return;
        }
        const bool is_no_start = origin != Origin::plain && text.starts_with('@');
        run_.append(text);
        if (is_no_start) {
            run_[run_.size() - text.size()] = no_mention;
        }
        rest_ = origin == Origin::entity
                    ? std::string_view{}
                    : source_.substr(static_cast<std::size_t>(text.data() - source_.data()) +
                                     text.size());
    }
    void on_code(std::string_view) override { end_run(); }
    void on_line_break() override { end_run(); }
    void on_enter(Element element) override {
        end_run();
        silent_ += is_silent(element) ? 1 : 0;
    }
    void on_leave(Element element) override {
        end_run();
        silent_ -= is_silent(element) ? 1 : 0;
    }
    std::vector<std::string> take() {
        end_run();
        return std::move(found_);
    }

  private:
    static bool is_silent(Element element) {
        return element == Element::autolink || element == Element::image;
    }

    void end_run() {
        if (run_.find('@') != std::string::npos) {
            // `_` around or in a name is a mark of emphasis to the grammar and a part of the name.
            run_.append(rest_.substr(0, std::min(name_length(rest_), username_length_max)));
            scan_words();
        }
        run_.clear();
        rest_ = {};
    }

    void scan_words() {
        std::string_view run = run_;
        while (!run.empty()) {
            const std::size_t end = std::min(run.find_first_of(word_ends), run.size());
            const std::string_view word = run.substr(0, end);
            if (word.contains('@')) {
                scan(word.substr(0, find_address(word)));
            }
            run.remove_prefix(std::min(end + 1, run.size()));
        }
    }

    void scan(std::string_view word) {
        for (std::size_t at = word.find('@'); at != std::string_view::npos;
             at = word.find('@', at + 1)) {
            const bool is_start = at == 0 || !(is_name_character(word[at - 1]) ||
                                               word[at - 1] == '@' || word[at - 1] == no_mention);
            const std::string_view behind = word.substr(at + 1);
            const std::size_t length = name_length(behind);
            if (is_start && length >= username_length_min && !is_elsewhere(behind.substr(length))) {
                add(behind.substr(0, std::min(length, username_length_max + sentence_ends_max)));
            }
        }
    }

    void add(std::string_view name) {
        std::string folded = to_lower_ascii(name);
        if (found_.size() < mentions_max_ && std::ranges::find(found_, folded) == found_.end()) {
            found_.push_back(std::move(folded));
        }
    }

    std::string_view source_;
    std::size_t mentions_max_;
    int silent_ = 0;  // elements around whose text names nobody
    std::string run_;
    std::string_view rest_;  // of the source behind the run
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> find_mentions(std::string_view text, std::size_t mentions_max) {
    if (!text.contains('@')) {
        return {};
    }
    Finder finder{text, mentions_max};
    markdown::read(text, finder);
    return finder.take();
}

bool shorten_mention(std::string& name) {
    const char last = name.back();
    if (name.size() <= username_length_min || (last != '.' && last != '-' && last != '_')) {
        return false;
    }
    name.pop_back();
    return true;
}

}  // namespace loquat::chat
