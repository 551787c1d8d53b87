#include "services/model/adapters/script.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace loquat::model {
namespace {

constexpr std::uint64_t number_max = 1'000'000;

bool apply(Script& script, std::string_view word, std::optional<std::int64_t> number) {
    if (word == "fail start") {
        script.fails_at_start = true;
    } else if (word == "endless") {
        script.is_endless = true;
    } else if (word == "break" && number) {
        script.break_after = number;
    } else if (word == "stall" && number) {
        script.stall_after = number;
    } else if (word == "tokens" && number) {
        script.tokens = number;
    } else if (word == "slow" && number) {
        script.pace = std::chrono::milliseconds{*number};
    } else {
        return false;
    }
    return true;
}

// With what follows it: `ana: `.
std::string_view name_before(std::string_view message) {
    const std::size_t colon = message.find(": [[");
    const std::string_view name = message.substr(0, colon == std::string_view::npos ? 0 : colon);
    const bool is_name = !name.empty() && name.find_first_of(" :[\n") == std::string_view::npos;
    return is_name ? message.substr(0, colon + 2) : std::string_view{};
}

}  // namespace

Script Script::parse(std::string_view message) {
    Script script;
    std::string_view rest = trim(message);
    const std::string_view name = name_before(rest);
    rest.remove_prefix(name.size());
    while (rest.starts_with("[[")) {
        const std::size_t end = rest.find("]]");
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view inside = rest.substr(2, end - 2);
        const std::size_t space = inside.rfind(' ');
        const auto parsed =
            space == std::string_view::npos ? std::nullopt : parse_number(inside.substr(space + 1));
        std::optional<std::int64_t> number;
        if (parsed) {
            number = static_cast<std::int64_t>(std::min(*parsed, number_max));
        }
        if (!apply(script, number ? inside.substr(0, space) : inside, number)) {
            break;
        }
        rest = trim(rest.substr(end + 2));
    }
    script.rest = std::string{name}.append(rest);
    return script;
}

}  // namespace loquat::model
