#pragma once
#include <string_view>

#include "net/http/message.hpp"

namespace loquat::gateway {

// `Via` of a message that came in HTTP/1.`minor` (RFC 9110 section 7.6.3), or in HTTP/2; stands
// behind those of the message itself.
constexpr std::string_view via_http2_line = "Via: 2.0 loquat\r\n";
constexpr std::string_view via_line(int minor) {
    return minor == 0 ? "Via: 1.0 loquat\r\n" : "Via: 1.1 loquat\r\n";
}

// What Connection names, in all its lines: fields that end at this hop (RFC 9110 section 7.6.1).
// Names of fields without which a message would mean something else (Authorization, Cookie,
// Content-Type ...) count for nothing: no sender may take them from the next reader.
class NamedFields {
  public:
    explicit NamedFields(const net::http::HeaderViews& headers);
    bool has(std::string_view name) const;

  private:
    const net::http::HeaderViews* headers_ = nullptr;  // where a line has more than the usual words
};

// Whose words about the client and its address are worth something.
enum class Sender : std::uint8_t { stranger, trusted_proxy };

// Which fields of a request do not go on to an upstream: those of this hop, also those that
// Connection names; those that the gateway writes itself; those that only services of ours may
// write; what only a proxy knows (X-Real-IP, X-Original-URL ...) from anyone but a trusted one; and
// names with an underscore, which some servers take for a hyphen.
class RequestFieldFilter {
  public:
    RequestFieldFilter(const net::http::RequestHead& head, Sender sender);
    bool lets_through(std::string_view name) const;

  private:
    NamedFields named_;
    Sender sender_;
};

// What an upstream's answer already says; the rest is added by the gateway.
struct AnswerFields {
    bool has_date = false;
    bool has_nosniff = false;
    bool has_referrer_policy = false;
    bool has_permissions_policy = false;
};

// The same for the fields of an answer.  Notes in `seen` what the upstream has said.
class AnswerFieldFilter {
  public:
    explicit AnswerFieldFilter(const net::http::ResponseHead& head);
    bool lets_through(std::string_view name, AnswerFields& seen) const;

  private:
    NamedFields named_;
};

}  // namespace loquat::gateway
