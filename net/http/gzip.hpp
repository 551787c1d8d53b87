#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct z_stream_s;

namespace loquat::net::http {

// Compresses whole texts to gzip (RFC 1952) with one reused state of about 270 kB, made for the
// first of them.  One thread.
class GzipEncoder {
  public:
    // 1 is quick, 9 is small.
    explicit GzipEncoder(int level);
    ~GzipEncoder();
    GzipEncoder(const GzipEncoder&) = delete;
    GzipEncoder& operator=(const GzipEncoder&) = delete;

    // The compressed form; `text` must be shorter than 2 GiB.
    std::string encode(std::string_view text);

  private:
    void begin();

    int level_;
    std::unique_ptr<z_stream_s> stream_;
};

// What such a text was; none when it is malformed, or longer than that.
std::optional<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

}  // namespace loquat::net::http
