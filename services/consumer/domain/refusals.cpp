#include "services/consumer/domain/refusals.hpp"

#include <algorithm>
#include <array>

namespace loquat::consumer {

bool is_refusal(std::string_view code) {
    constexpr std::array<std::string_view, 4> codes{"store.constraint", "store.conflict",
                                                    "store.text", "store.too_large"};
    return std::ranges::find(codes, code) != codes.end();
}

Refusals::Next Refusals::on_refused(store::Offset first, std::size_t count) {
    if (count > 1) {
        next_ = count / 2;
        return Next::narrow;
    }
    if (first != refused_) {
        refused_ = first;
        tries_ = 0;
    }
    ++tries_;
    if (is_standing()) {
        return Next::stand;
    }
    return tries_ < tries_max_ ? Next::again : Next::give_up;
}

void Refusals::on_late(std::size_t count) { next_ = std::max<std::size_t>(1, count / 2); }

void Refusals::on_given_up() {
    ++in_a_row_;
    tries_ = 0;
    widen();
}

void Refusals::on_stored() {
    in_a_row_ = 0;
    tries_ = 0;
    widen();
}

void Refusals::widen() { next_ = std::min(records_max_, next_ * 2); }

}  // namespace loquat::consumer
