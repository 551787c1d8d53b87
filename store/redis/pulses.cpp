#include "store/redis/pulses.hpp"

#include "base/text.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view lost_word = " lost";
constexpr std::string_view farewell_word = " farewell";

bool take_off(std::string_view& text, std::string_view end) {
    const bool has_it = text.ends_with(end);
    text.remove_suffix(has_it ? end.size() : 0);
    return has_it;
}

}  // namespace

std::string Pulse::to_text() const {
    std::string text = std::string{publisher} + " " + std::to_string(number);
    if (says != Says::all) {
        text += says == Says::lost ? lost_word : farewell_word;
    }
    return text;
}

Pulse Pulse::read(std::string_view text) {
    Pulse pulse;
    if (take_off(text, lost_word)) {
        pulse.says = Says::lost;
    } else if (take_off(text, farewell_word)) {
        pulse.says = Says::farewell;
    }
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || space == 0) {
        return {};
    }
    const auto number = parse_number(text.substr(space + 1));
    if (!number) {
        return {};
    }
    pulse.publisher = text.substr(0, space);
    pulse.number = *number;
    return pulse;
}

void PulseBook::begin(Steady now) {
    publishers_.clear();
    late_ = 0;
    begun_ = now;
}

PulseBook::Heard PulseBook::hear(const Pulse& pulse, Steady now) {
    const std::string name{pulse.publisher};
    const auto found = publishers_.find(name);
    const bool is_known = found != publishers_.end();
    // A stranger has not spoken before, or before this connection began.
    bool is_next = pulse.number <= 1 || now - begun_ < late_after;
    if (is_known) {
        is_next = pulse.number == found->second.number + 1 && !found->second.is_late;
        late_ -= found->second.is_late ? 1 : 0;
        publishers_.erase(found);
    }
    if (pulse.says != Pulse::Says::farewell && publishers_.size() < publishers_max) {
        publishers_.emplace(name, Publisher{pulse.number, now});
    }
    return is_next && pulse.says != Pulse::Says::lost ? Heard::all : Heard::lost;
}

PulseBook::Heard PulseBook::look(Steady now) {
    Heard heard = Heard::all;
    for (auto at = publishers_.begin(); at != publishers_.end();) {
        Publisher& one = at->second;
        if (now - one.heard_at >= gone_after) {
            late_ -= one.is_late ? 1 : 0;
            at = publishers_.erase(at);
            continue;
        }
        if (!one.is_late && now - one.heard_at >= late_after) {
            one.is_late = true;
            ++late_;
            heard = Heard::lost;
        }
        ++at;
    }
    return heard;
}

}  // namespace loquat::store
