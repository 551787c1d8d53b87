#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "services/gateway/cache/cache_control.hpp"

namespace loquat::gateway {

// An answer of an upstream as it was given, and what may be done with it.  Never changed; one that
// the upstream has confirmed is another one with the same body.
struct StoredAnswer {
    int status = 200;
    std::uint8_t minor = 1;
    std::vector<std::pair<std::string, std::string>> fields;  // without Age and Content-Length
    std::shared_ptr<const std::string> body;
    // Each field that its Vary names, in small letters, and what the request had there.
    std::vector<std::pair<std::string, std::string>> asked;
    std::string etag;
    std::string last_modified;

    Steady came_at{};
    std::chrono::milliseconds age_then{0};  // when it came
    std::chrono::seconds fresh_for{0};
    std::chrono::seconds stale_while_revalidate{0};
    std::chrono::seconds stale_if_error{0};
    bool must_be_asked = false;    // no-cache: each time
    bool is_never_stale = false;   // must-revalidate and its like: not even when nobody answers
    bool is_for_everybody = true;  // else for whoever asked with the same credentials

    std::chrono::milliseconds age(Steady now) const;
    bool is_for(const net::http::HeaderViews& request) const;
    std::size_t bytes() const;
    net::http::ResponseHead head() const;  // of views into this
    // Of an answer that says no more than that the client has it.
    net::http::ResponseHead head_of_304() const;
};
using StoredAnswerPtr = std::shared_ptr<const StoredAnswer>;

// What is known when an answer's head has come.
struct AnswerNews {
    const net::http::HeaderViews& request;
    const net::http::ResponseHead& head;
    bool has_authorization = false;  // the request carries credentials
    Time now;                        // when the head came, by the wall's clock
    Steady asked_at;
    Steady came_at;
    std::chrono::seconds otherwise_fresh{0};  // for answers that say nothing themselves; 0: not
};

// What may be kept for everybody (RFC 9111 section 3, as a shared cache), without its body; none
// when nothing may.  What says that it is old at once is kept if it can be confirmed.
std::shared_ptr<StoredAnswer> to_shared(const AnswerNews& news);
// What may be kept for a time when its server does not answer: any good answer that does not
// forbid it, for everybody where the cache might have it and else for the same credentials.
std::shared_ptr<StoredAnswer> to_last_good(const AnswerNews& news);
// The one that a 304 has confirmed (RFC 9111 section 4.3.4).
std::shared_ptr<StoredAnswer> confirmed(const StoredAnswer& old, const AnswerNews& news);

// Whether the client of a GET or HEAD has this answer already (RFC 9110 section 13.2.2).
bool is_known_to_client(const net::http::HeaderViews& request, const StoredAnswer& answer);

}  // namespace loquat::gateway
