#include "contracts/chat/message.hpp"

#include "base/markdown/plain_text.hpp"

namespace loquat::contracts {

std::optional<std::string> preview_of_text(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;
    }
    std::string line = markdown::to_plain_line(text, preview_characters_max);
    return line == text ? std::nullopt : std::optional{std::move(line)};
}

}  // namespace loquat::contracts
