#include "services/model/adapters/simulated_text.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::model {
namespace {

constexpr std::size_t word_part_max = 8;

constexpr std::size_t title_words_max = 7;

// Numbers below `count` in an order that does not repeat one before all were there.
class Deck {
  public:
    Deck(std::size_t count, Dice& dice) : count_(count), dice_(dice) {}

    std::size_t draw() {
        if (left_.empty()) {
            for (std::size_t i = 0; i < count_; ++i) {
                left_.push_back(i);
            }
        }
        const auto chosen = left_.begin() + static_cast<std::ptrdiff_t>(dice_.below(left_.size()));
        const std::size_t number = *chosen;
        left_.erase(chosen);
        return number;
    }

  private:
    std::size_t count_;
    Dice& dice_;
    std::vector<std::size_t> left_;
};

// Sentences about words of the question; %1 and %2 are replaced by different ones.
constexpr std::array patterns{
    "The first thing to look at is %1, because it decides what happens to %2.",
    "In practice %1 matters more than it seems.",
    "Many people begin with %1 and only later notice what it means for %2.",
    "If %1 changes, %2 has to change with it.",
    "A simple test of **%1** with real figures tells more than an opinion.",
    "There are two sides to %1: what it costs, and what it saves.",
    "It helps to write down what is known about %1, and what is only guessed.",
    "Without %2 there is little to say about %1.",
    "The same holds for `%1`, in smaller steps.",
    "Where %1 and %2 disagree, the one that was measured last is usually right.",
    "That is why %1 comes before everything else.",
    "One could do without %1, but then %2 would take much longer.",
    "Ask who uses %1 every day; they know where it hurts.",
    "Start small: one part of %1, from beginning to end.",
    "What looks like a problem of %1 is often one of %2.",
    "Keep %1 and %2 apart as long as possible."};

class Writer {
  public:
    Writer(const Topic& topic, Dice& dice)
        : topic_(topic),
          dice_(dice),
          pattern_(patterns.size(), dice),
          word_(topic.words.size(), dice) {}

    const std::string& word() { return topic_.words[word_.draw()]; }

    std::string sentence() {
        const std::string_view pattern = patterns[pattern_.draw()];
        const std::string one = word();
        const std::string two = other_than(one);
        std::string sentence;
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (pattern[i] == '%') {
                sentence += pattern[++i] == '1' ? one : two;
            } else {
                sentence += pattern[i];
            }
        }
        return sentence;
    }

    std::string paragraph() {
        const std::size_t sentences = 2 + dice_.below(3);
        std::string text;
        for (std::size_t i = 0; i < sentences; ++i) {
            text += (i == 0 ? "" : " ") + sentence();
        }
        return text + "\n\n";
    }

  private:
    std::string other_than(const std::string& word) {
        const std::string& other = topic_.words[word_.draw()];
        return other != word ? other : "the rest";
    }

    const Topic& topic_;
    Dice& dice_;
    Deck pattern_;
    Deck word_;
};

std::string write_opening(const Topic& topic) {
    std::string text = "This is a simulated answer: no language model is connected. ";
    if (!topic.people.empty()) {
        text += "Hello ";
        for (std::size_t i = 0; i < topic.people.size(); ++i) {
            text += i == 0 ? "" : i + 1 == topic.people.size() ? " and " : ", ";
            text += topic.people[i];
        }
        text += ". ";
    }
    text += "You wrote: \"" + topic.question + "\"";
    if (topic.questions_before > 0) {
        text += " (before that you asked " + std::to_string(topic.questions_before) +
                (topic.questions_before == 1 ? " other thing)" : " other things)");
    }
    if (!topic.instructions.empty()) {
        text += " My instructions begin with \"" + topic.instructions + "\"";
    }
    return text + "\n\n";
}

std::string write_list(Writer& writer, Dice& dice) {
    const std::size_t items = 3 + dice.below(4);
    const bool is_numbered = dice.below(2) == 0;
    std::string text = "What could be done about " + writer.word() + ":\n\n";
    for (std::size_t i = 1; i <= items; ++i) {
        text +=
            (is_numbered ? std::to_string(i) + ". " : std::string{"- "}) + writer.sentence() + "\n";
    }
    return text + "\n";
}

std::string write_table(const Topic& topic, Dice& dice) {
    static constexpr std::array effort{"low", "medium", "high"};
    std::string text = "| Subject | Effort | Weight | Remark |\n|---|---|---:|---|\n";
    const std::size_t rows = std::max<std::size_t>(3, topic.words.size());
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string subject =
            i < topic.words.size() ? topic.words[i] : "part " + std::to_string(i + 1);
        text += "| " + subject + " | " + effort[dice.below(3)] + " | " +
                std::to_string(dice.below(100)) + " | line " + std::to_string(i + 1) + " |\n";
    }
    return text + "\n";
}

std::string_view code_in(std::string_view language) {
    if (language == "cpp") {
        return "#include <iostream>\n#include <numeric>\n#include <vector>\n\n"
               "int total(const std::vector<int>& prices) {\n"
               "    return std::accumulate(prices.begin(), prices.end(), 0);\n}\n\n"
               "int main() {\n    std::cout << total({3, 4, 5}) << '\\n';\n}\n";
    }
    if (language == "javascript" || language == "typescript") {
        return "export function total(prices) {\n"
               "  return prices.reduce((sum, price) => sum + price, 0);\n}\n\n"
               "console.log(total([3, 4, 5]));\n";
    }
    if (language == "sql") {
        return "SELECT customer_id, sum(price) AS total\nFROM orders\nGROUP BY customer_id\n"
               "ORDER BY total DESC\nLIMIT 10;\n";
    }
    if (language == "bash") {
        return "set -eu\nfor file in *.log; do\n    printf '%s %s\\n' \"$(wc -l < \"$file\")\" "
               "\"$file\"\ndone | sort -rn | head\n";
    }
    if (language == "rust") {
        return "fn total(prices: &[i32]) -> i32 {\n    prices.iter().sum()\n}\n\n"
               "fn main() {\n    println!(\"{}\", total(&[3, 4, 5]));\n}\n";
    }
    if (language == "go") {
        return "package main\n\nimport \"fmt\"\n\nfunc total(prices []int) (sum int) {\n"
               "\tfor _, price := range prices {\n\t\tsum += price\n\t}\n\treturn\n}\n\n"
               "func main() {\n\tfmt.Println(total([]int{3, 4, 5}))\n}\n";
    }
    return "def total(prices):\n    \"\"\"The sum of all prices.\"\"\"\n    return "
           "sum(prices)\n\n\n"
           "print(total([3, 4, 5]))\n";
}

std::string write_code(const Topic& topic) {
    return "```" + topic.language + "\n" + std::string{code_in(topic.language)} + "```\n\n";
}

}  // namespace

std::uint64_t Dice::roll() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
}

std::string write_paragraph(const Topic& topic, Dice& dice) {
    return std::string{trim(Writer{topic, dice}.paragraph())};
}

std::string write_title(std::string_view prompt) {
    std::string_view question = prompt.substr(0, prompt.find('\n'));
    if (question.starts_with("Question: ")) {
        question.remove_prefix(std::string_view{"Question: "}.size());
    }
    std::string title;
    std::size_t words = 0;
    for (const std::string_view word : split(question, ' ')) {
        if (word.empty()) {
            continue;
        }
        if (++words > title_words_max) {
            break;
        }
        title += (title.empty() ? "" : " ") + std::string{word};
    }
    while (!title.empty() &&
           std::string_view{".,;:!?"}.find(title.back()) != std::string_view::npos) {
        title.pop_back();
    }
    return title;
}

std::string write_answer(const Topic& topic, Dice& dice) {
    std::string text = write_opening(topic);
    Writer writer{topic, dice};
    const bool wants_form = topic.wants_code || topic.wants_table || topic.wants_list;
    if (topic.wants_little && !wants_form) {
        return text + writer.sentence();
    }
    text += writer.paragraph();
    if (topic.wants_code) {
        text += write_code(topic);
    }
    if (topic.wants_table) {
        text += write_table(topic, dice);
    }
    if (topic.wants_list || (!topic.wants_code && !topic.wants_table && dice.below(3) == 0)) {
        text += write_list(writer, dice);
    }
    const std::size_t sections = topic.wants_much ? 6 : 0;
    for (std::size_t i = 1; i <= sections; ++i) {
        text += "## " + std::to_string(i) + ". About " + writer.word() + "\n\n";
        text += writer.paragraph();
        text += writer.paragraph();
        if (i % 3 == 0) {
            text += write_list(writer, dice);
        }
    }
    return text + writer.sentence();
}

std::string_view next_token(std::string_view text, std::size_t at) {
    const auto is_white = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    std::size_t end = at;
    while (end < text.size() && is_white(text[end])) {
        ++end;
    }
    if (end < text.size() && is_word(text[end])) {
        const std::size_t begin = end;
        while (end < text.size() && is_word(text[end]) && end - begin < word_part_max) {
            ++end;
        }
    } else if (end < text.size()) {
        ++end;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
            ++end;
        }
    }
    return text.substr(at, end - at);
}

}  // namespace loquat::model
