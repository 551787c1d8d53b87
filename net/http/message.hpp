#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"

namespace loquat::net::http {

// One field as it came.  `name` keeps its case; compare with `equal_names`.
struct HeaderView {
    std::string_view name;
    std::string_view value;
};

// Field names are tokens: ASCII, compared without case (RFC 9110 section 5.1).
bool equal_names(std::string_view a, std::string_view b);
// True if `list`, a comma-separated field value, holds `token` in any case.
bool has_token(std::string_view list, std::string_view token);
// True for the fields that end at this hop (RFC 9110 section 7.6.1) and those that `connection`
// names.
bool is_hop_by_hop(std::string_view name, std::string_view connection);

enum class Framing : std::uint8_t {
    none,         // no body
    length,       // Content-Length
    chunked,      // Transfer-Encoding: chunked
    until_close,  // responses only: the connection's end is the body's end
};

inline constexpr std::size_t headers_max = 100;

// The fields of a parsed head, in the order in which they came.
class HeaderViews {
  public:
    std::span<const HeaderView> all() const { return {items_.data(), count_}; }
    auto begin() const { return all().begin(); }
    auto end() const { return all().end(); }
    std::size_t size() const { return count_; }
    // The first of that name; empty when absent.  Use `contains` where empty and absent differ.
    std::string_view get(std::string_view name) const;
    bool contains(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    // False when full.
    bool add(HeaderView header);
    void clear() { count_ = 0; }

  private:
    std::size_t count_ = 0;
    std::array<HeaderView, headers_max> items_;
};

// A request as far as its head.  All views point into the connection's buffer and stay valid until
// the exchange ends.
struct RequestHead {
    std::string_view method;
    std::string_view target;  // as it came
    std::string_view
        path;  // begins with '/', or is "*"; still percent-encoded, escapes are well formed
    std::string_view query;  // without '?'; empty when absent
    std::string_view host;   // Host or the authority of an absolute target, with its port
    HeaderViews headers;
    std::uint64_t content_length = 0;  // for Framing::length
    Framing framing = Framing::none;
    std::uint8_t minor = 1;  // 0: HTTP/1.0, 1: HTTP/1.1 (a higher one counts as 1)
    bool keep_alive = true;  // what version and Connection ask for
    bool expects_continue = false;
    bool upgrades = false;  // `Connection: upgrade` with an Upgrade field, HTTP/1.1
    bool is_http2 = false;  // `minor` is 1 then

    bool is(std::string_view wanted_method) const { return method == wanted_method; }
    bool wants_upgrade(std::string_view protocol) const {
        return upgrades && has_token(headers.get("Upgrade"), protocol);
    }
    void clear();
};

// A response as far as its head.
struct ResponseHead {
    int status = 0;  // 100 to 599
    std::string_view reason;
    HeaderViews headers;
    std::uint64_t content_length = 0;
    Framing framing = Framing::none;
    std::uint8_t minor = 1;
    bool keep_alive = true;

    void clear();
};

// Fields that one owns: ordered, names compared without case.
class Headers {
  public:
    struct Item {
        std::string name;
        std::string value;
    };

    Headers() = default;
    Headers(std::initializer_list<Item> items) : items_(items) {}

    void append(std::string name, std::string value) {
        items_.push_back({std::move(name), std::move(value)});
    }
    // Replaces the first of that name and removes the others.
    void set(std::string_view name, std::string value);
    // The first of that name.
    const std::string* find(std::string_view name) const;
    std::string_view get(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name) != nullptr; }
    std::size_t remove(std::string_view name);

    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    std::size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }

  private:
    std::vector<Item> items_;
};

// A body that is made while it is sent.
class BodySource {
  public:
    virtual ~BodySource() = default;
    // The next piece; it is sent at once.  An empty piece is skipped; none ends the body.  What it
    // throws ends the connection, so that the reader notices that the body is not whole.
    virtual Task<std::optional<std::string>> next() = 0;
    // The length where it is known: sent as Content-Length, and then exactly so many bytes must
    // come.
    virtual std::optional<std::uint64_t> length() const { return std::nullopt; }
    // The client went away, or the server's drain has come to its end.  `next` may be waiting: make
    // it end soon.
    virtual void on_client_gone() {}
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    std::unique_ptr<BodySource> stream = nullptr;  // instead of `body`
};

// The registered phrase (RFC 9110 section 15); "Unknown" otherwise.
std::string_view reason_of(int status);
// 1xx, 204 and 304 have no body whatever their fields say.
bool has_no_body(int status);

}  // namespace loquat::net::http
