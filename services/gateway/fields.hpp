#pragma once
#include <string_view>

#include "net/http/message.hpp"

namespace loquat::gateway {

// Which fields of a request do not go on to an upstream: those of this hop (RFC 9110 section 7.6.1,
// also those that Connection names), those that the gateway writes itself, those that only services
// of ours may write, and names with an underscore, which some servers take for a hyphen.
class RequestFieldFilter {
  public:
    explicit RequestFieldFilter(const net::http::RequestHead& head);
    bool lets_through(std::string_view name) const;

  private:
    std::string_view named_;  // Connection, where it names more than the usual words
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
    std::string_view named_;
};

}  // namespace loquat::gateway
