#define PCRE2_CODE_UNIT_WIDTH 8
#include "services/gateway/domain/pattern.hpp"

#include <pcre2.h>

#include <array>

namespace loquat::gateway {
namespace {

constexpr std::uint32_t steps_max = 20'000;
constexpr std::uint32_t heap_kib_max = 1'024;
constexpr std::size_t result_bytes_max = 16 * 1024;

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
struct FreeContext {
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using CodePtr = std::unique_ptr<pcre2_code, FreeCode>;

PCRE2_SPTR bytes_of(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
}

CodePtr compile(std::string_view text, int& error, std::size_t& at) {
    return CodePtr{pcre2_compile(bytes_of(text), text.size(), PCRE2_DOTALL, &error, &at, nullptr)};
}

}  // namespace

struct Pattern::Code {
    CodePtr code;
    std::unique_ptr<pcre2_match_context, FreeContext> limits{pcre2_match_context_create(nullptr)};
};

std::optional<std::string> Pattern::find_fault(std::string_view text) {
    int error = 0;
    std::size_t at = 0;
    if (compile(text, error, at)) {
        return std::nullopt;
    }
    std::array<PCRE2_UCHAR, 200> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    return "is no regular expression (" +
           std::string{reinterpret_cast<const char*>(message.data())} + " at " +
           std::to_string(at) + "): " + std::string{text};
}

Pattern::Pattern(std::string_view text) {
    auto made = std::make_shared<Code>();
    int error = 0;
    std::size_t at = 0;
    made->code = compile(text, error, at);
    pcre2_set_match_limit(made->limits.get(), steps_max);
    pcre2_set_heap_limit(made->limits.get(), heap_kib_max);
    code_ = std::move(made);
}

bool Pattern::fits(std::string_view subject) const {
    if (!code_->code) {
        return false;
    }
    const std::unique_ptr<pcre2_match_data, FreeMatch> match{
        pcre2_match_data_create_from_pattern(code_->code.get(), nullptr)};
    const int found =
        pcre2_match(code_->code.get(), bytes_of(subject), subject.size(), 0,
                    PCRE2_ANCHORED | PCRE2_ENDANCHORED, match.get(), code_->limits.get());
    return found >= 0;
}

std::optional<std::string> Pattern::find_fault(std::string_view text, std::string_view with) {
    // One that also fits nothing at all: then every group is there, and took nothing.  Without it
    // (a comment at the end of `text` swallows what follows) the fault shows when it is used.
    const Pattern nothing{"(?:" + std::string{text} + ")|"};
    if (!nothing.code_->code || nothing.try_replace("", with)) {
        return std::nullopt;
    }
    return "has no such group as in: " + std::string{with};
}

std::string Pattern::replace(std::string_view subject, std::string_view with) const {
    return try_replace(subject, with).value_or(std::string{subject});
}

std::optional<std::string> Pattern::try_replace(std::string_view subject,
                                                std::string_view with) const {
    std::string out(result_bytes_max, '\0');
    std::size_t size = out.size();
    const int count =
        code_->code == nullptr
            ? -1
            : pcre2_substitute(code_->code.get(), bytes_of(subject), subject.size(), 0,
                               PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY, nullptr,
                               code_->limits.get(), bytes_of(with), with.size(),
                               reinterpret_cast<PCRE2_UCHAR*>(out.data()), &size);
    if (count < 0) {
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

}  // namespace loquat::gateway
