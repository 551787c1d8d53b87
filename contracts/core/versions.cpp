#include "contracts/core/versions.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::contracts {
namespace {

constexpr std::int64_t nobodys_version = -1;

std::int64_t version_in(std::string_view tag) {
    if (tag.find(',') != std::string_view::npos) {
        throw invalid_field("If-Match", "several", "must have one entity tag");
    }
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') {
        return nobodys_version;
    }
    const auto number = parse_number(tag.substr(1, tag.size() - 2));
    return number && to_etag(static_cast<std::int64_t>(*number)) == tag
               ? static_cast<std::int64_t>(*number)
               : nobodys_version;
}

}  // namespace

std::optional<std::int64_t> expected_version(const Caller& caller,
                                             std::optional<std::int64_t> in_body) {
    const std::string_view tag = trim(caller.if_match);
    if (tag.empty() || tag == "*") {
        return in_body;
    }
    const std::int64_t in_field = version_in(tag);
    if (in_body && *in_body != in_field) {
        throw invalid_field("expected_version", "contradicts", "is not that of If-Match");
    }
    return in_field;
}

std::string to_etag(std::int64_t version) { return '"' + std::to_string(version) + '"'; }

}  // namespace loquat::contracts
