#pragma once
#include <cstddef>
#include <list>
#include <utility>

#include "aio/signal.hpp"
#include "base/clock.hpp"

namespace loquat::model {

// So many at the same time; the next ones wait in a short queue, first come, first served.  One
// loop.
class Slots {
  public:
    Slots(std::size_t most, std::size_t waiting_max) : most_(most), waiting_max_(waiting_max) {}
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    // One of the slots, until it is destroyed.
    class Lease {
      public:
        Lease() = default;
        Lease(Lease&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
        Lease& operator=(Lease&& other) noexcept {
            std::swap(slots_, other.slots_);
            return *this;
        }
        ~Lease() {
            if (slots_ != nullptr) {
                slots_->release();
            }
        }

      private:
        friend class Slots;
        explicit Lease(Slots* slots) : slots_(slots) {}
        Slots* slots_ = nullptr;
    };

    // Throws `model.overloaded` when the queue is full, or when no slot came before `deadline`.
    Task<Lease> take(Steady deadline);

    std::size_t used() const { return used_; }
    std::size_t waiting() const { return waiting_.size(); }

  private:
    struct Place;
    void release();

    std::size_t most_;
    std::size_t waiting_max_;
    std::size_t used_ = 0;
    std::list<Place*> waiting_;
};

}  // namespace loquat::model
