#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/markdown/plain_text.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/mentions.hpp"
#include "wire/codec.hpp"

// tests/corpora/messages.json is read by the web app's tests too: one text, the same mentions.
namespace loquat::chat {
namespace {

struct Case {
    std::string kind;
    std::string text;
    std::vector<std::string> mentions;
    std::string preview;
};
BOOST_DESCRIBE_STRUCT(Case, (), (kind, text, mentions, preview))

struct Corpus {
    std::int64_t preview_characters_max = 0;
    std::vector<std::string> members;
    std::vector<Case> messages;
};
BOOST_DESCRIBE_STRUCT(Corpus, (), (preview_characters_max, members, messages))

Corpus read_corpus() {
    std::ifstream in{LOQUAT_SOURCE_DIR "/tests/corpora/messages.json", std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return wire::from_json<Corpus>(text.str());
}

std::vector<std::string> members_named_in(const Corpus& corpus, std::string_view text) {
    const std::set<std::string> members{corpus.members.begin(), corpus.members.end()};
    std::vector<std::string> named;
    for (std::string name : find_mentions(text, 50)) {
        while (!members.contains(name) && shorten_mention(name)) {
        }
        if (members.contains(name) && std::ranges::find(named, name) == named.end()) {
            named.push_back(name);
        }
    }
    return named;
}

TEST(MessageCorpus, has_the_mentions_that_it_says) {
    const Corpus corpus = read_corpus();
    ASSERT_GT(corpus.messages.size(), 100U);

    for (const Case& one : corpus.messages) {
        EXPECT_EQ(members_named_in(corpus, one.text), one.mentions) << one.kind << ": " << one.text;
    }
}

TEST(MessageCorpus, calls_the_assistant_where_it_is_mentioned) {
    for (const Case& one : read_corpus().messages) {
        const bool is_mentioned =
            std::ranges::find(one.mentions, assistant_username) != one.mentions.end();

        EXPECT_EQ(mentions_assistant(one.text), is_mentioned) << one.kind << ": " << one.text;
    }
}

TEST(MessageCorpus, has_the_previews_that_it_says) {
    const Corpus corpus = read_corpus();
    const auto characters_max = static_cast<std::size_t>(corpus.preview_characters_max);

    for (const Case& one : corpus.messages) {
        EXPECT_EQ(markdown::to_plain_line(one.text, characters_max), one.preview)
            << one.kind << ": " << one.text;
    }
}

}  // namespace
}  // namespace loquat::chat
