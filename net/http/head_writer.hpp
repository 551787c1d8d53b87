#pragma once
#include <string>
#include <string_view>

#include "net/http/codec.hpp"

namespace loquat::net::http {

// Adds fields to a head that a connection is putting together.  Framing, Connection and Date are
// not written through it: the server and the client know better.  Valid until the next call of
// whoever gave it.
class HeadWriter {
  public:
    explicit HeadWriter(std::string& out) : out_(&out) {}

    // A field that a parser has let through.
    HeadWriter& forward(std::string_view name, std::string_view value) {
        append_field(*out_, name, value);
        return *this;
    }
    // Any field; throws Failure `http.bad_header` for one that cannot be sent.
    HeadWriter& add(std::string_view name, std::string_view value) {
        append_checked_field(*out_, name, value);
        return *this;
    }
    // A whole run of fields with their line ends, made beforehand.
    HeadWriter& raw(std::string_view lines) {
        out_->append(lines);
        return *this;
    }

  private:
    std::string* out_;
};

}  // namespace loquat::net::http
