#include "contracts/core/operation.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::contracts {

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
    constexpr std::size_t parameters_max = 64;
    std::vector<std::pair<std::string, std::string>> out;
    if (query.empty()) {
        return out;
    }
    for (const std::string_view part : split(query, '&')) {
        if (part.empty()) {
            continue;
        }
        const std::size_t equals = part.find('=');
        std::string raw{equals == std::string_view::npos ? std::string_view{}
                                                         : part.substr(equals + 1)};
        std::ranges::replace(raw, '+', ' ');
        auto name = percent_decode(part.substr(0, equals));
        auto value = percent_decode(raw);
        if (!name || !value || !is_utf8(*name) || !is_utf8(*value) ||
            out.size() == parameters_max) {
            throw Failure{Kind::malformed, "request.malformed_query",
                          "The query string cannot be read."};
        }
        out.emplace_back(std::move(*name), std::move(*value));
    }
    return out;
}

}  // namespace loquat::contracts
