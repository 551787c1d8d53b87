#include "base/tokens.hpp"

namespace loquat {
namespace {

constexpr std::int64_t word_whole = 9;  // characters of a word that is probably one token
constexpr std::int64_t word_piece = 5;  // characters of each further one
constexpr char32_t replacement = 0xFFFD;

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_small(char32_t c) { return c >= 'a' && c <= 'z'; }
bool is_capital(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_line_end(char32_t c) { return c == '\n' || c == '\r'; }
bool is_space(char32_t c) { return c == ' ' || c == '\t' || c == 0xA0; }

// Latin letters with marks: common in words of European languages, but they cut a word in two.
bool is_accented(char32_t c) { return c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7; }

// Scripts that are written with spaces or in syllables: Greek to Georgian, the Indic ones, Thai.
bool is_foreign_letter(char32_t c) {
    return (c >= 0x370 && c <= 0x1FFF) || (c >= 0xA640 && c <= 0xABFF) ||
           (c >= 0xFB50 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF);
}

// Han, kana, hangul and what is set with them.
bool is_ideograph(char32_t c) {
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7AF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_symbol(char32_t c) { return (c >= 0x2190 && c <= 0x2BFF) || c >= 0x1F000; }

}  // namespace

void TokenCounter::add(std::string_view piece) {
    for (const char byte : piece) {
        take_byte(static_cast<unsigned char>(byte));
    }
}

// A bad byte counts as one character.
void TokenCounter::take_byte(unsigned char byte) {
    if (missing_ > 0 && (byte & 0xC0) == 0x80) {
        character_ = (character_ << 6) | (byte & 0x3FU);
        if (--missing_ == 0) {
            take(character_);
        }
        return;
    }
    if (missing_ > 0) {
        missing_ = 0;
        take(replacement);
    }
    if (byte < 0x80) {
        take(byte);
    } else if (byte >= 0xC2 && byte < 0xF5) {
        missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
        character_ = byte & (0x3FU >> missing_);
    } else {
        take(replacement);
    }
}

void TokenCounter::take(char32_t c) {
    if (is_small(c) || is_capital(c)) {
        if (run_ == Run::word && ends_lower_ && is_capital(c)) {
            go_on(Run::none);
        }
        go_on(Run::word);
        ends_lower_ = is_small(c);
    } else if (is_digit(c)) {
        go_on(Run::digits);
    } else if (is_line_end(c)) {
        go_on(Run::line_ends);
    } else if (is_space(c)) {
        go_on(Run::space);
    } else if (is_accented(c)) {
        go_on(Run::word);
        length_ += 2;
        ends_lower_ = true;
    } else if (is_foreign_letter(c)) {
        go_on(Run::foreign_word);
    } else if (is_ideograph(c)) {
        go_on(Run::ideographs);
    } else if (is_symbol(c)) {
        go_on(Run::none);
        done_ += 2;
    } else {
        go_on(Run::marks);
    }
}

// The character belongs to a run of that kind: the current one, or one that begins.
void TokenCounter::go_on(Run run) {
    if (run != run_) {
        done_ += cost_of_run();
        // A line end after a mark is one token with it; digits do not take the space before them.
        const bool joins = run_ == Run::marks && run == Run::line_ends;
        done_ += run_ == Run::space && length_ == 1 && run == Run::digits ? 1 : 0;
        length_ = joins ? -1 : 0;
        run_ = run;
    }
    ++length_;
}

std::int64_t TokenCounter::cost_of_run() const {
    switch (run_) {
        case Run::none:
            return 0;
        case Run::word:
            return 1 + (length_ <= word_whole
                            ? 0
                            : (length_ - word_whole + word_piece - 1) / word_piece);
        case Run::foreign_word:
            return (length_ + 3) / 4;
        case Run::ideographs:
            return (length_ * 3 + 3) / 4;
        case Run::digits:
            return (length_ + 2) / 3;
        case Run::marks:
            return (length_ + 1) / 2;
        case Run::space:
            return length_ > 1 ? 1 : 0;
        case Run::line_ends:
            return length_ > 0 ? 1 : 0;
    }
    return 0;
}

std::int64_t TokenCounter::count() const { return done_ + cost_of_run() + (missing_ > 0 ? 1 : 0); }

std::int64_t count_tokens(std::string_view text) {
    TokenCounter counter;
    counter.add(text);
    return counter.count();
}

}  // namespace loquat
