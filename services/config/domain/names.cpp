#include "services/config/domain/names.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t name_max = 255;
constexpr std::size_t profiles_max = 32;
constexpr std::size_t path_max = 1'024;

bool is_letter_or_digit(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9');
}

bool is_part(std::string_view text) {
    constexpr std::string_view others = "_.+@-";
    return !text.empty() && text.size() <= name_max && is_letter_or_digit(text.front()) &&
           is_letter_or_digit(text.back()) && text.find("..") == std::string_view::npos &&
           std::ranges::all_of(text, [&](char letter) {
               return is_letter_or_digit(letter) || others.find(letter) != std::string_view::npos;
           });
}

}  // namespace

std::string with_slashes(std::string_view text) {
    constexpr std::string_view mark = "(_)";
    std::string out;
    while (true) {
        const std::size_t at = text.find(mark);
        out += text.substr(0, at);
        if (at == std::string_view::npos) {
            return out;
        }
        out += '/';
        text.remove_prefix(at + mark.size());
    }
}

bool is_profile(std::string_view text) { return is_part(text); }

bool is_application(std::string_view text) {
    const auto parts = split(text, ',');
    return text.size() <= path_max && std::ranges::all_of(parts, [](std::string_view part) {
               const auto inner = split(part, '/');
               return std::ranges::all_of(inner, is_part);
           });
}

bool is_label(std::string_view text) {
    const auto parts = split(text, '/');
    return text.size() <= path_max && std::ranges::all_of(parts, is_part);
}

bool is_inner_path(std::string_view text) {
    constexpr std::string_view refused = "\\%#:*?\"<>|";
    if (text.empty() || text.size() > path_max || !is_utf8(text) || text.starts_with('~')) {
        return false;
    }
    const bool has_refused = std::ranges::any_of(text, [&](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f ||
               refused.find(letter) != std::string_view::npos;
    });
    const auto parts = split(text, '/');
    return !has_refused && std::ranges::all_of(parts, [](std::string_view part) {
        return !part.empty() && !part.starts_with('.') && part.find("..") == std::string_view::npos;
    });
}

std::optional<std::vector<std::string>> read_profiles(std::string_view text) {
    std::vector<std::string> profiles;
    for (const std::string_view part : split(text, ',')) {
        // Only the spaces of `dev, eu`: a line break is no part of a list.
        std::string_view profile = part;
        while (profile.starts_with(' ')) {
            profile.remove_prefix(1);
        }
        while (profile.ends_with(' ')) {
            profile.remove_suffix(1);
        }
        if (!is_profile(profile) || profiles.size() == profiles_max) {
            return std::nullopt;
        }
        if (std::ranges::find(profiles, profile) == profiles.end()) {
            profiles.emplace_back(profile);
        }
    }
    return profiles;
}

bool has_file_extension(std::string_view name) {
    constexpr std::array<std::string_view, 4> extensions{"yml", "yaml", "json", "properties"};
    const std::size_t dot = name.rfind('.');
    return dot != std::string_view::npos &&
           std::ranges::find(extensions, name.substr(dot + 1)) != extensions.end();
}

std::optional<FileRequest> read_file_request(std::string_view name) {
    if (!has_file_extension(name)) {
        return std::nullopt;
    }
    const std::size_t dot = name.rfind('.');
    const std::size_t dash = name.substr(0, dot).rfind('-');
    if (dash == std::string_view::npos || dash == 0 || dash + 1 == dot) {
        return std::nullopt;
    }
    return FileRequest{std::string{name.substr(0, dash)},
                       std::string{name.substr(dash + 1, dot - dash - 1)},
                       std::string{name.substr(dot + 1)}};
}

}  // namespace loquat::config
