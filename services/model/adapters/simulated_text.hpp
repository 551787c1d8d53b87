#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/model/model.hpp"

namespace loquat::model {

// Random numbers that are the same everywhere (SplitMix64; Steele, Lea and Flood, 2014).
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t roll();
    // 0 to `sides` - 1.
    std::size_t below(std::size_t sides) { return static_cast<std::size_t>(roll() % sides); }

  private:
    std::uint64_t state_;
};

// What the simulated model knows of a conversation.
struct Topic {
    std::string question;             // the last message, on one line, shortened
    std::vector<std::string> words;   // of it, that carry a meaning; never empty
    std::vector<std::string> people;  // whom the conversation names
    std::string instructions;         // the beginning of the system prompt
    std::size_t questions_before = 0;
    bool wants_code = false;
    bool wants_table = false;
    bool wants_list = false;
    bool wants_much = false;
    bool wants_little = false;
    std::string language = "python";  // of code

    static Topic find(const std::vector<contracts::PromptMessage>& messages,
                      std::string_view last_message);
};

// A whole answer in Markdown: paragraphs, and lists, tables or code where they were asked for.
std::string write_answer(const Topic& topic, Dice& dice);
// A few words for the conversation that `prompt` describes ("Question: ...", a line each).
std::string write_title(std::string_view prompt);
// One more paragraph, for answers that do not end; without white space around it.
std::string write_paragraph(const Topic& topic, Dice& dice);

// The next token of `text` from `at` on: a word with the white space before it, a long word's part,
// a mark.  Never empty before the end, never a part of a character.
std::string_view next_token(std::string_view text, std::size_t at);

}  // namespace loquat::model
