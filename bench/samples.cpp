#include "bench/samples.hpp"

namespace loquat::bench {

wire::Value Samples::to_value() const {
    wire::Object out{{"count", static_cast<std::int64_t>(nanoseconds_.size())}};
    if (nanoseconds_.empty()) {
        return out;
    }
    std::vector<std::int64_t> sorted = nanoseconds_;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) {
        const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
        return static_cast<double>(sorted[index]) / 1e6;
    };
    out.emplace_back("p50_ms", at(.5));
    out.emplace_back("p90_ms", at(.9));
    out.emplace_back("p99_ms", at(.99));
    out.emplace_back("max_ms", at(1));
    return out;
}

}  // namespace loquat::bench
