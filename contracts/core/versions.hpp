#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "contracts/core/caller.hpp"

// Versions of what is changed: as a member of a request's body, or in the fields of HTTP.
namespace loquat::contracts {

// The version that a change was made for, out of the body or of If-Match; none: whichever there is.
// An entity tag that is none of ours is -1, which nothing has.  422 `request.invalid` for several
// tags, and where body and field differ.
std::optional<std::int64_t> expected_version(const Caller& caller,
                                             std::optional<std::int64_t> in_body = {});

// The value of ETag: the version in quotation marks.
std::string to_etag(std::int64_t version);

}  // namespace loquat::contracts
