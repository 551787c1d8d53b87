#pragma once
#include <chrono>
#include <optional>

#include "net/http/message.hpp"

namespace loquat::gateway {

// The Cache-Control fields of a message (RFC 9111 section 5.2, RFC 5861).  Of what comes twice the
// stricter counts; a number of seconds that is none is 0.
struct CacheControl {
    using Seconds = std::optional<std::chrono::seconds>;

    bool no_store = false;
    bool no_cache = false;  // also where it names fields
    bool is_private = false;
    bool is_public = false;
    bool must_revalidate = false;
    bool proxy_revalidate = false;
    Seconds max_age;
    Seconds s_maxage;
    Seconds stale_while_revalidate;
    Seconds stale_if_error;
    Seconds min_fresh;            // of a request, as is the next
    Seconds max_stale;            // without a number: any
    bool only_if_cached = false;  // of a request

    static CacheControl of(const net::http::HeaderViews& headers);
};

}  // namespace loquat::gateway
