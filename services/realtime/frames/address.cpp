#include "services/realtime/frames/address.hpp"

namespace loquat::realtime {

std::shared_ptr<const Address> Addresses::hold(Address address) {
    std::string key = address.id;
    key.push_back('\0');
    key.append(address.destination);
    for (const auto part :
         {static_cast<char>(address.ack), static_cast<char>(address.shape.version),
          static_cast<char>(address.shape.type), static_cast<char>(address.shape.deflate_bits)}) {
        key.push_back(part);
    }
    if (held_.size() >= next_sweep_) {
        forget_unheld();
    }
    std::weak_ptr<const Address>& known = held_[std::move(key)];
    if (auto held = known.lock()) {
        return held;
    }
    address.serial = next_serial();
    auto made = std::make_shared<const Address>(std::move(address));
    known = made;
    return made;
}

void Addresses::forget_unheld() {
    std::erase_if(held_, [](const auto& one) { return one.second.expired(); });
    next_sweep_ = 64 + 2 * held_.size();
}

}  // namespace loquat::realtime
