#include "runtime/stores/start_failure.hpp"

#include <string>

namespace loquat::runtime {
namespace {

// Libraries break lines and indent.
std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!is_space) {
            line += c;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    return line;
}

}  // namespace

Failure start_failure(std::string_view need, const Failure& failure) {
    const std::string& why = failure.detail.empty() ? failure.message : failure.detail;
    const std::string setting = "store." + std::string{need} + ".url: ";
    // A port that is seen through another one of the same need was told of already.
    return Failure{failure.kind, failure.code,
                   why.starts_with(setting) ? why : setting + on_one_line(why)};
}

}  // namespace loquat::runtime
