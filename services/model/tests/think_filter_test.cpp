#include "services/model/domain/think_filter.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace loquat::model::test {
namespace {

struct Sample {
    const char* name;
    std::string said;
    std::string answer;
};
void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }

// What a reader has at the end who forgets when told to.
std::string read(const std::vector<std::string_view>& pieces) {
    ThinkFilter filter;
    std::string kept;
    const auto take = [&](const std::string& fresh) {
        if (filter.take_taken_back()) {
            kept.clear();
        }
        kept += fresh;
    };
    for (const std::string_view piece : pieces) {
        std::string fresh;
        filter.append(fresh, std::string{piece});
        take(fresh);
    }
    std::string fresh;
    filter.finish(fresh);
    take(fresh);
    return kept;
}

const std::string fence = "```";

std::vector<Sample> thoughts_at_the_beginning() {
    return {
        {"nothing of the kind", "Hello", "Hello"},
        {"white space is kept", "  Hello\n\n", "  Hello\n\n"},
        {"think", "<think>hm</think>Hi", "Hi"},
        {"think with lines", "\n<think>\nhm\n\n</think>\n\nHi\n", "Hi\n"},
        {"empty thoughts", "<think>\n\n</think>\n\nHi", "Hi"},
        {"Think", "<Think>hm</Think>Hi", "Hi"},
        {"THINK", "<THINK>hm</THINK>Hi", "Hi"},
        {"thinking", "<thinking>hm</thinking>Hi", "Hi"},
        {"thought", "<Thought>hm</Thought>Hi", "Hi"},
        {"reasoning", "<reasoning>hm</reasoning>Hi", "Hi"},
        {"seed", "<seed:think>hm</seed:think>Hi", "Hi"},
        {"longcat", "<longcat_think>hm</longcat_think>Hi", "Hi"},
        {"attributes", "<think lang=\"en\">hm</think >Hi", "Hi"},
        {"a mark that closes itself", "<think/>Hi", "Hi"},
        {"kimi", "\u25c1think\u25b7hm\u25c1/think\u25b7Hi", "Hi"},
        {"magistral", "[THINK]hm[/THINK]Hi", "Hi"},
        {"open thoughts",
         "<|begin_of_thought|>hm<|end_of_thought|>\n\n<|begin_of_solution|>Hi"
         "<|end_of_solution|>",
         "Hi"},
        {"command", "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Hi<|END_RESPONSE|>",
         "Hi"},
        {"gemma", "<|channel>thought\nhm<channel|>Hi", "Hi"},
        {"med gemma", "<unused94>thought\nhm<unused95>Hi", "Hi"},
        {"wrapped answer", "<think>hm</think>\n<answer>\nHi\n</answer>", "Hi\n"},
        {"an answer that is its own", "Say <answer>Hi</answer>", "Say <answer>Hi</answer>"},
        {"ends with another family's mark", "<think>hm</thinking>Hi", "Hi"},
        {"marks within thoughts", "<think>I use <think> and <b></think>Hi", "Hi"},
        {"only thoughts", "<think>hm</think>", ""},
        {"never closed", "<think>hm", ""},
        {"never closed in its mark", "<think>hm</thin", ""},
        {"the beginning of a mark", "<thi", "<thi"},
        {"another tag", "<thinker>Hi</thinker> <b>", "<thinker>Hi</thinker> <b>"},
        {"less than", "a < b <= c <3", "a < b <= c <3"},
        {"marks of people", "[think] [x] \u2014 \u25c1", "[think] [x] \u2014 \u25c1"},
    };
}

std::vector<Sample> thoughts_elsewhere() {
    return {
        {"the template opened it", "hm\nhm\n</think>\n\nHi", "Hi"},
        {"the template opened it, in capitals", "hm</Think>Hi", "Hi"},
        {"the template opened a thinking", "hm</thinking>Hi", "Hi"},
        {"the template opened kimi's", "hm\u25c1/think\u25b7Hi", "Hi"},
        {"a second one", "<think>a</think>X\n<think>b</think>\nY", "X\nY"},
        {"a second one between words", "<think>a</think>X <think>b</think> Y", "X Y"},
        {"a second one without white space", "X<think>b</think>Y", "XY"},
        {"a second one before white space", "X<think>b</think> Y", "X Y"},
        {"between paragraphs", "X\n\n<think>b</think>\n\nY", "X\n\nY"},
        {"a paragraph behind", "X\n<think>b</think>\n\nY", "X\n\nY"},
        {"a second one never closed", "X <think>b", "X "},
        {"opened by the template and again", "a<think>b</think>c</think>Hi", "Hi"},
        {"nested", "<think>a<think>b</think>c</think>Hi", "Hi"},
        {"closed twice", "<think>a</think></think>Hi", "Hi"},
        {"closed late", "<think>a</think>b</think>Hi", "Hi"},
        {"thoughts with code", fence + "c\nx()\n" + fence + "\nok</think>Hi", "Hi"},
        {"thoughts with half a span", "the ` mark</think>Hi", "Hi"},
        {"thoughts with a block never closed", fence + "c\nx()\n</think>\nHi", "Hi"},
        {"nothing after all", "hm</think>", ""},
    };
}

std::vector<Sample> marks_in_code() {
    const std::string block = fence + "xml\n<think>a</think>\n" + fence + "\nSo.";
    const std::string program = fence + "python\nt.split('</think>')[-1]\n" + fence + "\nSo.";
    const std::string listed = "1. " + fence + "\n   <think>\n   " + fence + "\nSo.";
    return {
        {"a block", block, block},
        {"a block behind thoughts", "<think>b</think>" + block, block},
        {"a program", program, program},
        {"a block of tildes", "~~~\n<think>\n~~~\nSo.", "~~~\n<think>\n~~~\nSo."},
        {"a block in a list", listed, listed},
        {"a lone end in a closed block", fence + "\n</think>\n" + fence + "\nSo.",
         fence + "\n</think>\n" + fence + "\nSo."},
        {"a span", "Use `<think>` and `</think>`.", "Use `<think>` and `</think>`."},
        {"a span of two", "``a ` <think>`` b", "``a ` <think>`` b"},
        {"behind a span", "`a` <think>b</think>c", "`a` c"},
        {"behind a block", fence + "\na\n" + fence + "\n<think>b</think>c",
         fence + "\na\n" + fence + "\nc"},
        {"no block: a span on one line", fence + "a" + fence + " <think>b</think>c",
         fence + "a" + fence + " c"},
    };
}

std::vector<Sample> channels() {
    return {
        {"analysis and final",
         "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hi"
         "<|return|>",
         "Hi"},
        {"begun by the template",
         "analysis<|message|>hm<|end|><|start|>assistant<|channel|>final"
         "<|message|>Hi",
         "Hi"},
        {"final alone", "<|channel|>final<|message|>Hi<|return|>", "Hi"},
        {"final begun by the template", "final<|message|>Hi", "Hi"},
        {"a whole turn", "<|start|>assistant<|message|>Hi<|end|>", "Hi"},
        {"a call", "<|channel|>commentary to=functions.x <|constrain|>json<|message|>{}<|call|>",
         ""},
        {"thoughts about marks", "<|channel|>analysis<|message|>a </think> b<|end|>Hi", "Hi"},
        {"never final", "<|channel|>analysis<|message|>hm", ""},
        {"marks left out", "analysisThe user says hello.assistantfinalHi", "Hi"},
        {"a word of people", "analysis of it", "analysis of it"},
    };
}

class Thoughts : public testing::TestWithParam<Sample> {};

TEST_P(Thoughts, stay_out_however_the_text_is_cut) {
    const auto& [name, said, answer] = GetParam();
    const std::string_view text = said;
    ASSERT_EQ(read({text}), answer);

    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
        bytes.push_back(text.substr(at, 1));
    }
    EXPECT_EQ(read(bytes), answer) << "byte by byte";
    for (std::size_t a = 0; a <= text.size(); ++a) {
        for (std::size_t b = a; b <= text.size(); ++b) {
            ASSERT_EQ(read({text.substr(0, a), text.substr(a, b - a), text.substr(b)}), answer)
                << "cut at " << a << " and " << b;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(AtTheBeginning, Thoughts, testing::ValuesIn(thoughts_at_the_beginning()));
INSTANTIATE_TEST_SUITE_P(Elsewhere, Thoughts, testing::ValuesIn(thoughts_elsewhere()));
INSTANTIATE_TEST_SUITE_P(MarksInCode, Thoughts, testing::ValuesIn(marks_in_code()));
INSTANTIATE_TEST_SUITE_P(Channels, Thoughts, testing::ValuesIn(channels()));

TEST(ThinkFilter, says_that_it_takes_back_only_what_was_given) {
    ThinkFilter filter;
    std::string text;

    filter.append(text, "one two");
    EXPECT_FALSE(filter.take_taken_back());
    text.clear();
    filter.append(text, " three</think>Hi");

    EXPECT_TRUE(filter.take_taken_back());
    EXPECT_FALSE(filter.take_taken_back());
    EXPECT_EQ(text, "Hi");
}

TEST(ThinkFilter, keeps_little_of_thoughts_and_of_white_space) {
    ThinkFilter filter;
    std::string text;

    for (int i = 0; i < 10'000; ++i) {
        filter.append(text, i == 0 ? "<think>" : "hm hm\n");
    }
    filter.append(text, "</think>");
    for (int i = 0; i < 10'000; ++i) {
        filter.append(text, "\n\n");
    }
    filter.append(text, "Hi");
    filter.finish(text);

    EXPECT_EQ(text, "Hi");
    EXPECT_GT(filter.tokens(), 10'000);
}

}  // namespace
}  // namespace loquat::model::test
