#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "services/model/adapters/simulated_text.hpp"
#include "services/model/domain/text_cleaner.hpp"

namespace loquat::model {
namespace {

constexpr std::size_t question_characters_max = 160;
constexpr std::size_t looked_at_max = 4'000;  // bytes of a message
constexpr std::size_t words_max = 8;
constexpr std::size_t people_max = 5;
constexpr std::size_t messages_max = 50;

bool is_mark(char c) {
    constexpr std::string_view marks = " \t\n\r.,;:!?()[]{}\"'`<>|*#/\\=+~^$%&";
    return marks.find(c) != std::string_view::npos;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t at = 0;
    while (at < text.size()) {
        while (at < text.size() && is_mark(text[at])) {
            ++at;
        }
        const std::size_t begin = at;
        while (at < text.size() && !is_mark(text[at])) {
            ++at;
        }
        if (at > begin) {
            words.push_back(text.substr(begin, at - begin));
        }
    }
    return words;
}

// Whole characters only.
std::string_view beginning_of(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;
    }
    return text.substr(0, end);
}

std::string on_one_line(std::string_view text, std::size_t bytes_max) {
    const std::string_view begin = beginning_of(text, bytes_max);
    TextCleaner cleaner;
    std::string clean;
    cleaner.append(clean, begin);
    cleaner.finish(clean);
    std::ranges::replace(clean, '\n', ' ');
    std::ranges::replace(clean, '`', '\'');
    std::string line{trim(clean)};
    return begin.size() < text.size() ? line + "..." : line;
}

bool has_word(const std::vector<std::string>& words, std::initializer_list<std::string_view> any) {
    return std::ranges::any_of(
        words, [&](const std::string& word) { return std::ranges::find(any, word) != any.end(); });
}

bool is_filler(const std::string& word) {
    constexpr std::array fillers{
        "about", "also",  "and",   "answer", "are",   "but",  "can",    "could", "does",  "each",
        "for",   "from",  "give",  "have",   "hello", "how",  "into",   "just",  "know",  "like",
        "long",  "make",  "many",  "more",   "much",  "need", "please", "shall", "short", "should",
        "show",  "some",  "table", "tell",   "than",  "that", "the",    "them",  "then",  "there",
        "these", "they",  "this",  "want",   "what",  "when", "where",  "which", "will",  "with",
        "would", "write", "you",   "your",   "code",  "list", "explain"};
    return word.size() < 3 || std::ranges::find(fillers, word) != fillers.end();
}

bool looks_like_a_name(std::string_view word) {
    return word.size() >= 2 && word.size() <= 32 && std::ranges::all_of(word, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
           });
}

void add_person(std::vector<std::string>& people, std::string_view name) {
    const std::string clean{name};
    if (people.size() < people_max && looks_like_a_name(clean) && is_utf8(clean) &&
        std::ranges::find(people, clean) == people.end()) {
        people.push_back(clean);
    }
}

// `alice: hello` as rooms give it, `@alice`, "my name is Alice".
void find_people(std::string_view text, std::vector<std::string>& people) {
    const std::size_t colon = text.find(": ");
    if (colon != std::string_view::npos && colon <= 32 && text[0] != '@') {
        add_person(people, text.substr(0, colon));
    }
    const std::string lower = to_lower_ascii(text);
    for (const std::string_view phrase : {"my name is ", "name of the user is ", "called "}) {
        const std::size_t at = lower.find(phrase);
        if (at != std::string::npos) {
            const auto words = words_of(text.substr(at + phrase.size(), 40));
            if (!words.empty()) {
                add_person(people, words.front());
            }
        }
    }
    for (std::size_t at = text.find('@'); at != std::string_view::npos;
         at = text.find('@', at + 1)) {
        const auto words = words_of(text.substr(at + 1, 33));
        if (!words.empty() && (at == 0 || is_mark(text[at - 1]))) {
            add_person(people, words.front());
        }
    }
}

std::string language_of(const std::vector<std::string>& words) {
    struct Known {
        std::string_view word;
        const char* language;
    };
    constexpr std::array known{Known{"c++", "cpp"},
                               Known{"cpp", "cpp"},
                               Known{"javascript", "javascript"},
                               Known{"js", "javascript"},
                               Known{"typescript", "typescript"},
                               Known{"sql", "sql"},
                               Known{"bash", "bash"},
                               Known{"shell", "bash"},
                               Known{"rust", "rust"},
                               Known{"go", "go"}};
    for (const std::string& word : words) {
        const auto found = std::ranges::find(known, word, &Known::word);
        if (found != known.end()) {
            return found->language;
        }
    }
    return "python";
}

}  // namespace

Topic Topic::find(const std::vector<contracts::PromptMessage>& messages,
                  std::string_view last_message) {
    Topic topic;
    const std::string_view looked_at = beginning_of(last_message, looked_at_max);
    topic.question = on_one_line(looked_at, question_characters_max);
    std::vector<std::string> lower;
    for (const std::string_view word : words_of(looked_at)) {
        lower.push_back(to_lower_ascii(word));
        const bool is_new = std::ranges::find(topic.words, word) == topic.words.end();
        if (topic.words.size() < words_max && is_new && word.size() <= 40 && is_utf8(word) &&
            !is_filler(lower.back()) && !find_control_character(word)) {
            topic.words.emplace_back(word);
        }
    }
    if (looked_at.find("C++") != std::string_view::npos ||
        looked_at.find("c++") != std::string_view::npos) {
        lower.insert(lower.begin(), "c++");
    }
    if (topic.words.empty()) {
        topic.words = {"the question", "the answer", "the next step", "the details"};
    }
    topic.language = language_of(lower);
    topic.wants_code = has_word(
        lower, {"code", "function", "program", "script", "snippet", "python", "c++", "cpp",
                "javascript", "typescript", "sql", "bash", "rust", "class", "regex", "implement"});
    topic.wants_table = has_word(lower, {"table", "compare", "comparison", "tabelle", "tableau"});
    topic.wants_list =
        has_word(lower, {"list", "steps", "ideas", "points", "plan", "tips", "todo"});
    topic.wants_much =
        has_word(lower, {"long", "longer", "detailed", "detail", "essay", "thorough"});
    topic.wants_little = has_word(lower, {"short", "brief", "briefly", "shortly", "tldr"});
    const std::size_t first = messages.size() - std::min(messages.size(), messages_max);
    for (std::size_t i = first; i < messages.size(); ++i) {
        const contracts::PromptMessage& message = messages[i];
        if (message.role == contracts::PromptRole::system && topic.instructions.empty()) {
            topic.instructions = on_one_line(message.content, 80);
        }
        topic.questions_before += message.role == contracts::PromptRole::user ? 1 : 0;
        if (message.role != contracts::PromptRole::assistant) {
            find_people(beginning_of(message.content, looked_at_max), topic.people);
        }
    }
    topic.questions_before -= topic.questions_before > 0 ? 1 : 0;
    return topic;
}

}  // namespace loquat::model
