#include "net/stomp/negotiate.hpp"

#include "base/text.hpp"

namespace loquat::net::stomp {
namespace {

constexpr std::size_t digits_max = 9;

std::optional<std::chrono::milliseconds> parse_period(std::string_view text) {
    const auto value = parse_number(text);
    if (!value || text.size() > digits_max) {
        return std::nullopt;
    }
    return std::chrono::milliseconds{*value};
}

std::chrono::milliseconds agree_one(std::chrono::milliseconds can,
                                    std::chrono::milliseconds wants) {
    const bool off = can.count() == 0 || wants.count() == 0;
    return off ? std::chrono::milliseconds{0} : std::max(can, wants);
}

}  // namespace

std::optional<Version> choose_version(std::optional<std::string_view> accept_version) {
    if (!accept_version) {
        return Version::v1_0;
    }
    std::optional<Version> best;
    for (const std::string_view part : split(*accept_version, ',')) {
        const std::string_view text = trim(part);
        for (const Version version : {Version::v1_0, Version::v1_1, Version::v1_2}) {
            if (text == to_text(version) && (!best || version > *best)) {
                best = version;
            }
        }
    }
    return best;
}

std::optional<HeartBeat> parse_heart_beat(std::string_view text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) {
        return std::nullopt;
    }
    const auto can = parse_period(trim(text.substr(0, comma)));
    const auto wants = parse_period(trim(text.substr(comma + 1)));
    if (!can || !wants) {
        return std::nullopt;
    }
    return HeartBeat{*can, *wants};
}

BeatPlan agree(HeartBeat ours, HeartBeat theirs) {
    return {.send_every = agree_one(ours.can, theirs.wants),
            .expect_every = agree_one(theirs.can, ours.wants)};
}

}  // namespace loquat::net::stomp
