#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "net/http/gzip.hpp"
#include "services/registry/eureka/json.hpp"

namespace loquat::registry {

// A text that many get: encoded once, compressed once if anybody wants it so.  One loop.
class EncodedText {
  public:
    explicit EncodedText(std::string plain) : plain_(std::move(plain)) {}

    const std::string& plain() const { return plain_; }
    const std::string& zipped(net::http::GzipEncoder& encoder);

  private:
    std::string plain_;
    std::string zipped_;
};

// The answers that grow with the registry.  Each is made once for a version and handed to all who
// ask.  One that is large is not made again at once, however often the registry changes: for each
// mebibyte beyond the first two it stays ten milliseconds.
class WholeAnswers {
  public:
    enum class What : std::uint8_t { all, delta };
    struct Wanted {
        What what = What::all;
        bool is_json = false;
        Detail detail = Detail::full;
    };

    std::shared_ptr<EncodedText> get(Wanted wanted, std::uint64_t version, Steady now,
                                     const std::function<std::string()>& make);

  private:
    struct Made {
        std::shared_ptr<EncodedText> text;
        std::uint64_t version = 0;
        Steady stays_until{};
    };
    std::array<Made, 8> made_;
};

}  // namespace loquat::registry
