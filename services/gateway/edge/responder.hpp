#pragma once
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "services/gateway/edge/request.hpp"

namespace loquat::gateway {

enum class Content : std::uint8_t {
    data,  // JSON and other things that are not shown
    page,  // HTML: gets the content security policy
    file,  // scripts, styles, images
};

// An RFC 9457 problem with any status.
struct Problem {
    int status;
    std::string code;
    std::string detail;
    std::string_view told_in = {};  // a field that says the detail too
};

// Writes answers with what every one of them carries: Date, X-Request-Id, security fields, CORS and
// rate limits.  One loop.
class Responder {
  public:
    // Begins an answer; see net::http::Exchange::start.
    net::http::HeadWriter start(const Request& request, int status,
                                Content content = Content::data);
    // Without Date and security fields: for an answer whose other fields come from an upstream.
    net::http::HeadWriter start_bare(const Request& request, int status);
    void add_date(net::http::HeadWriter& head);

    Task<void> send(Request& request, const net::http::Response& response,
                    Content content = Content::data);
    // The same for a body that is made while it is sent; the head leaves at once.
    Task<void> send_stream(Request& request, net::http::Response& response);
    Task<void> send_text(Request& request, std::string_view type, std::string_view text,
                         Content content);
    Task<void> send_failure(Request& request, Failure failure);
    Task<void> send_problem(Request& request, Problem problem);

  private:
    std::string date_;
};

// The security fields of `Content::data`.
inline constexpr std::string_view data_lines =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
// Single ones, for what an upstream did not say.
inline constexpr std::string_view nosniff_line = "X-Content-Type-Options: nosniff\r\n";
inline constexpr std::string_view referrer_line =
    "Referrer-Policy: strict-origin-when-cross-origin\r\n";
inline constexpr std::string_view permissions_line =
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";
inline constexpr std::string_view hsts_line = "Strict-Transport-Security: max-age=31536000\r\n";

}  // namespace loquat::gateway
