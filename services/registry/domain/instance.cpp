#include "services/registry/domain/instance.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace loquat::registry {
namespace {

constexpr std::array<std::string_view, status_count> status_texts{"UP", "DOWN", "STARTING",
                                                                  "OUT_OF_SERVICE", "UNKNOWN"};

char to_upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

std::string_view to_text(Status status) { return status_texts[static_cast<std::size_t>(status)]; }

Status status_of(std::string_view text) {
    for (std::size_t i = 0; i < status_count; ++i) {
        if (equal_ignoring_case(text, status_texts[i])) {
            return static_cast<Status>(i);
        }
    }
    return Status::unknown;
}

std::string_view to_text(Action action) {
    switch (action) {
        case Action::added:
            return "ADDED";
        case Action::modified:
            return "MODIFIED";
        case Action::deleted:
            return "DELETED";
    }
    return "ADDED";
}

void set_text(Texts& texts, std::string_view name, std::string value) {
    const auto found = std::ranges::find(
        texts, name, [](const auto& text) { return std::string_view{text.first}; });
    if (found == texts.end()) {
        texts.emplace_back(name, std::move(value));
    } else {
        found->second = std::move(value);
    }
}

std::string to_app_name(std::string_view text) {
    std::string name{text};
    std::ranges::transform(name, name.begin(), to_upper);
    return name;
}

}  // namespace loquat::registry
