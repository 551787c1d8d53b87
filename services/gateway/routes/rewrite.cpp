#include "services/gateway/routes/rewrite.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::gateway {
namespace {

bool is_braced(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool has_parameter(std::string_view pattern, std::string_view braced) {
    const auto segments = split(pattern, '/');
    return std::ranges::find(segments, braced) != segments.end();
}

// What follows the first `count` segments, with its slash; empty when there is nothing.
std::string_view rest_after(std::string_view path, std::size_t count) {
    for (; count > 0 && !path.empty(); --count) {
        path.remove_prefix(std::min(path.find('/', 1), path.size()));
    }
    return path;
}

}  // namespace

std::optional<std::string> Rewrite::find_fault(std::string_view pattern, std::string_view target) {
    if (target.empty()) {
        return std::nullopt;
    }
    if (!target.starts_with('/')) {
        return "must begin with a slash";
    }
    for (const std::string_view segment : split(target.substr(1), '/')) {
        if (segment == "**" && !pattern.ends_with("/**")) {
            return "has ** but its path has not";
        }
        if (is_braced(segment) && !has_parameter(pattern, segment)) {
            return "names " + std::string{segment} + ", which its path has not";
        }
    }
    return std::nullopt;
}

Rewrite::Rewrite(std::string_view pattern, std::string_view target) {
    if (target.empty()) {
        return;
    }
    if (const auto why = find_fault(pattern, target)) {
        throw Failure{Kind::invalid, "config.invalid",
                      "gateway.routes: rewrite " + std::string{target} + " " + *why + "."};
    }
    const auto pattern_segments = split(pattern.substr(1), '/');
    segments_before_rest_ = pattern_segments.size() - (pattern_segments.back() == "**" ? 1 : 0);
    for (const std::string_view segment : split(target.substr(1), '/')) {
        if (segment == "**") {
            parts_.push_back({Part::Kind::rest, {}});
        } else if (is_braced(segment)) {
            parts_.push_back(
                {Part::Kind::parameter, std::string{segment.substr(1, segment.size() - 2)}});
        } else {
            parts_.push_back({Part::Kind::text, std::string{segment}});
        }
    }
}

std::string Rewrite::apply(std::string_view path, const runtime::PathParameters& parameters) const {
    std::string out;
    for (const Part& part : parts_) {
        switch (part.kind) {
            case Part::Kind::text:
                out.append("/").append(part.text);
                break;
            case Part::Kind::parameter:
                for (const auto& [name, value] : parameters) {
                    if (name == part.text) {
                        out.append("/").append(value);
                    }
                }
                break;
            case Part::Kind::rest:
                out.append(rest_after(path, segments_before_rest_));
                break;
        }
    }
    return out.empty() ? "/" : out;
}

}  // namespace loquat::gateway
