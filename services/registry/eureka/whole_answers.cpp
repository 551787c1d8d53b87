#include "services/registry/eureka/whole_answers.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t always_fresh_bytes = 2 * 1024 * 1024;
constexpr std::size_t bytes_a_millisecond = 100 * 1024;

}  // namespace

const std::string& EncodedText::zipped(net::http::GzipEncoder& encoder) {
    if (zipped_.empty()) {
        zipped_ = encoder.encode(plain_);
    }
    return zipped_;
}

std::shared_ptr<EncodedText> WholeAnswers::get(Wanted wanted, std::uint64_t version, Steady now,
                                               const std::function<std::string()>& make) {
    const std::size_t index = (wanted.what == What::delta ? 4U : 0U) + (wanted.is_json ? 2U : 0U) +
                              (wanted.detail == Detail::compact ? 1U : 0U);
    Made& made = made_[index];
    if (made.text && (made.version == version || now < made.stays_until)) {
        return made.text;
    }
    made.text = std::make_shared<EncodedText>(make());
    made.version = version;
    const std::size_t size = made.text->plain().size();
    const std::size_t beyond = size > always_fresh_bytes ? size - always_fresh_bytes : 0;
    made.stays_until = now + std::chrono::milliseconds{beyond / bytes_a_millisecond};
    return made.text;
}

}  // namespace loquat::registry
