#pragma once
#include <string_view>

namespace loquat::gateway {

// True if an Accept-Encoding field (RFC 9110 section 12.5.3) takes `coding`: by its name or by `*`,
// with a weight above zero.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

// True if an Accept field names `type` (such as `text/html`) itself with a weight above zero; `*/*`
// is not enough: scripts send it too.
bool names_type(std::string_view accept, std::string_view type);

// True if an If-None-Match field holds `etag` (weak comparison, RFC 9110 section 8.8.3.2) or is
// `*`.
bool matches_etag(std::string_view if_none_match, std::string_view etag);

// True if a Content-Type field is JSON: application/json or anything+json, with any parameters.
bool is_json_type(std::string_view content_type);

}  // namespace loquat::gateway
