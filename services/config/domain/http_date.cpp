#include "services/config/domain/http_date.hpp"

#include <array>
#include <ctime>

namespace loquat::config {

std::string to_http_date(Time time) {
    const std::time_t seconds = to_unix_ms(time) / 1'000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

}  // namespace loquat::config
