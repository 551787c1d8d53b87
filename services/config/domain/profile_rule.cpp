#include "services/config/domain/profile_rule.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr int depth_max = 16;

class Reader {
  public:
    Reader(std::string_view rule, std::span<const std::string> profiles)
        : rule_(rule), rest_(rule), profiles_(profiles) {}

    bool read() {
        const bool result = read_chain(0);
        if (!peek().empty()) {
            refuse();
        }
        return result;
    }

  private:
    [[noreturn]] void refuse() const {
        throw Failure{Kind::invalid, "config.malformed",
                      "\"" + std::string{rule_} + "\" is no rule for profiles"};
    }
    std::string_view peek() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
            rest_.remove_prefix(1);
        }
        return rest_;
    }
    bool take(char sign) {
        if (!peek().starts_with(sign)) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    bool read_chain(int depth) {
        bool result = read_one(depth);
        char sign = 0;
        while (peek().starts_with('&') || peek().starts_with('|')) {
            if (sign != 0 && sign != rest_.front()) {
                refuse();
            }
            sign = rest_.front();
            rest_.remove_prefix(1);
            const bool next = read_one(depth);
            result = sign == '&' ? result && next : result || next;
        }
        return result;
    }
    bool read_one(int depth) {
        if (depth > depth_max) {
            refuse();
        }
        if (take('!')) {
            return !read_one(depth + 1);
        }
        if (take('(')) {
            const bool inner = read_chain(depth + 1);
            if (!take(')')) {
                refuse();
            }
            return inner;
        }
        const std::string_view text = peek();
        const std::size_t end = std::min(text.find_first_of("!&|() \t"), text.size());
        if (end == 0) {
            refuse();
        }
        rest_.remove_prefix(end);
        return std::ranges::find(profiles_, text.substr(0, end)) != profiles_.end();
    }

    std::string_view rule_;
    std::string_view rest_;
    std::span<const std::string> profiles_;
};

}  // namespace

bool holds(std::string_view rule, std::span<const std::string> profiles) {
    bool result = false;
    for (const std::string_view part : split(rule, ',')) {
        result = Reader{part, profiles}.read() || result;
    }
    return result;
}

}  // namespace loquat::config
