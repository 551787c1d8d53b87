#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"

// Heads of HTTP/2 as the text of HTTP/1.1 and back, so that one strict parser judges both and one
// encoder writes both.  Without input or output.
namespace loquat::net::http::h2 {

// The fields of one request, as they come out of HPACK.
class RequestText {
  public:
    enum class Take : std::uint8_t {
        taken,
        too_large,  // more than `bytes_max`; nothing more is kept, the request gets 431
        flood,      // many times as much: the stream is not worth an answer
    };

    explicit RequestText(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // One field; names of pseudo-header fields begin with a colon.  HTTP/2's own rules (order,
    // case, connection fields, duplicates of pseudo-header fields) have been checked before.
    Take take(std::string_view name, std::string_view value);
    bool is_too_large() const { return bytes_ > bytes_max_; }
    // The whole head as HTTP/1.1 text.  A body whose length is not said is called chunked.
    std::string to_text(bool has_body) const;

  private:
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::string method_;
    std::string path_;
    std::string authority_;
    std::string cookie_;
    std::string fields_;
    std::vector<std::string> hosts_;
    bool has_length_ = false;
};

struct AnswerField {
    std::string name;  // in small letters
    std::string_view value;
};
// The fields of a head as HTTP/1.1 writes it, its status line first; what only HTTP/1.1 knows is
// left out.  Values point into `head`.
std::vector<AnswerField> answer_fields(std::string_view head);

}  // namespace loquat::net::http::h2
